package main

import (
	"context"
	"fmt"
	"time"
)

// minProducts is what page 10,000 and the warm cache need.
const minProducts = 200_000

// start measures a server from its start to its first answer from the
// database, and what it takes when it has nothing to do.
func (b *bench) start(ctx context.Context) error {
	var took, idle []float64
	for range max(b.rounds, 5) {
		began := time.Now()
		s, err := b.place.api(ctx, kept)
		if err != nil {
			return err
		}
		err = s.awaitOK(ctx, aPage)
		took = append(took, float64(time.Since(began).Microseconds())/1000)
		if err == nil {
			time.Sleep(time.Second)
			var mib float64
			mib, err = memory(s.command.Process.Pid, "VmRSS")
			idle = append(idle, mib)
		}
		s.stop()
		if err != nil {
			return err
		}
	}
	b.add("start to first 200 with the schema in place", "≤ 100 ms", "%s ms", spread(took, 0))
	b.add("memory of an idle task", "≤ 30 MiB", "%s MiB", spread(idle, 0))
	return nil
}

// warm reads many products once, and measures what the server takes then.
func (b *bench) warm(ctx context.Context) error {
	s, err := b.place.serving(ctx, kept)
	if err != nil {
		return err
	}
	defer s.stop()
	ids, err := sample(s, 1000)
	if err != nil {
		return err
	}
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, id := range ids {
		if _, status, err := c.ask(request("/api/v1/products/" + id)); err != nil || status != 200 {
			return fmt.Errorf("reading product %s: %d, %w", id, status, err)
		}
	}
	mib, err := memory(s.command.Process.Pid, "VmRSS")
	b.add(fmt.Sprintf("memory with %d products warm", len(ids)), "≤ 250 MiB", "%.0f MiB", mib)
	return err
}
