package local

import (
	"slices"
	"time"
)

// deregister sends a target no new request. It stays until its last request
// has ended or the deregistration delay is over; a target without requests
// goes at once, as on AWS.
func (g *targetGroup) deregister(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.targets, func(t *target) bool { return t.address == address && !t.draining })
	if i < 0 {
		return
	}
	t := g.targets[i]
	t.draining, t.health = true, targetDraining
	t.cancel()
	if t.inFlight == 0 {
		close(t.idle)
	}
	g.closing.Go(func() {
		select {
		case <-t.idle:
		case <-time.After(g.settings.deregistrationDelay):
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.targets = slices.DeleteFunc(g.targets, func(other *target) bool { return other == t })
	})
}

// done ends a request that pick began.
func (g *targetGroup) done(t *target) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.inFlight--; t.inFlight == 0 && t.draining {
		close(t.idle)
	}
}
