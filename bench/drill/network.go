package main

import (
	"context"
	"time"
)

// slowNetwork makes the way to the database slow, then narrow, then broken.
func slowNetwork(ctx context.Context, e *environment, s *stage) error {
	defer e.proxy.heal()
	for _, toxic := range []struct {
		kind, attributes string
		span             time.Duration
	}{
		{"latency", `{"latency": 25, "jitter": 10}`, holdFor},
		{"bandwidth", `{"rate": 40}`, holdFor}, // kB/s, each way of each connection
		{"reset_peer", `{"timeout": 200}`, holdFor / 2},
	} {
		if err := e.proxy.poison(toxic.kind, toxic.attributes); err != nil {
			return err
		}
		begin := time.Now()
		pause(ctx, toxic.span)
		all, _ := e.load.between(begin, time.Now())
		failed := 0
		for _, o := range all {
			if !o.good() {
				failed++
			}
		}
		s.note("%s %s each way for %s: of %d requests that ended meanwhile %d failed", toxic.kind, toxic.attributes, seconds(toxic.span), len(all), failed)
		e.proxy.heal()
	}
	s.lift()
	return ctx.Err()
}
