package balancer

import (
	"slices"
	"time"
)

// Deregister sends a target no new request. It stays, draining, until its last
// request has ended or the deregistration delay is over; a target without
// requests goes at once (AWS: "Deregistration delay").
func (g *Group) Deregister(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.targets, func(t *target) bool { return t.address == address && !t.draining })
	if i < 0 {
		return
	}
	t := g.targets[i]
	t.draining, t.health = true, Draining
	t.cancel()
	if t.inFlight == 0 {
		close(t.idle)
	}
	delay := g.settings.Load().DeregistrationDelay
	g.closing.Go(func() { g.remove(t, delay) })
}

func (g *Group) remove(t *target, delay time.Duration) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-t.idle:
	case <-timer.C:
	}
	t.pool.close()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.targets = slices.DeleteFunc(g.targets, func(other *target) bool { return other == t })
}
