package balancer

import (
	"math/rand/v2"
	"time"
)

// pick takes a target for a request: a healthy one, or, when none is, any that
// is registered, as ALB fails open (AWS: "Health checks for Application Load
// Balancer target groups"). A target other than avoided is taken where there
// is one. nil is a group without targets.
func (g *Group) pick(avoided *target) *target {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.settings.Load()
	for _, wanted := range [...]func(*target) bool{
		func(t *target) bool { return t.health == Healthy && t != avoided },
		func(t *target) bool { return t.health == Healthy },
		func(t *target) bool { return !t.draining && t != avoided },
		func(t *target) bool { return !t.draining },
	} {
		if t := g.choose(s, wanted); t != nil {
			t.inFlight++
			return t
		}
	}
	return nil
}

// choose goes by the group's algorithm. The lock is held.
func (g *Group) choose(s *GroupSettings, wanted func(*target) bool) *target {
	if s.LeastOutstanding {
		return g.leastOutstanding(wanted)
	}
	var warming *target
	for i := range g.targets {
		at := g.next + i
		if at >= len(g.targets) {
			at %= len(g.targets)
		}
		t := g.targets[at]
		if !wanted(t) {
			continue
		}
		if s.SlowStart > 0 && t.passesOn(s.SlowStart) {
			if warming == nil {
				warming = t
			}
			continue
		}
		g.next = at + 1
		return t
	}
	return warming // nobody is warmer
}

// passesOn draws whether a target in slow start leaves its turn to the next
// one: its share grows linearly (AWS: "Slow start mode").
func (t *target) passesOn(span time.Duration) bool {
	if t.since.IsZero() {
		return false
	}
	warm := time.Since(t.since)
	return warm < span && rand.Float64() > float64(warm)/float64(span)
}

// leastOutstanding takes the target with the fewest requests in flight, in
// turn among equals.
func (g *Group) leastOutstanding(wanted func(*target) bool) *target {
	var best *target
	for i := range g.targets {
		t := g.targets[(g.next+i)%len(g.targets)]
		if wanted(t) && (best == nil || t.inFlight < best.inFlight) {
			best = t
		}
	}
	g.next = (g.next + 1) % max(1, len(g.targets))
	return best
}

// done ends a request that pick began.
func (g *Group) done(t *target) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.inFlight--; t.inFlight == 0 && t.draining {
		close(t.idle)
	}
}
