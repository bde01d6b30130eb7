package balancer

import (
	"context"
	"time"
)

// healthChecker follows one target (AWS: "Health checks for Application Load
// Balancer target groups"): a target that was just registered is healthy after
// its first passed check; from then on so many checks in a row must say
// otherwise before its state changes.
type healthChecker struct {
	look  func() (settings *GroupSettings, updated <-chan struct{})
	probe func(ctx context.Context, s *GroupSettings) bool
}

// firstPause is how long after its registration a target that does not answer
// yet is asked again, before the regular interval begins: a start is not
// slowed by a check that came a moment too early.
const firstPause = 100 * time.Millisecond

// run checks until ctx ends and calls changed with each new state.
func (h healthChecker) run(ctx context.Context, changed func(health string)) {
	state := Initial
	passed, failed := 0, 0
	var lastFailed time.Time
	pause := firstPause
	for {
		s, updated := h.look()
		ok := h.probe(ctx, s)
		if ctx.Err() != nil {
			return
		}
		switch {
		case ok:
			passed, failed = passed+1, 0
		case failed == 0 || time.Since(lastFailed) >= s.Interval:
			passed, failed, lastFailed = 0, failed+1, time.Now()
		} // one that failed between two regular checks does not count
		if next := s.nextState(state, passed, failed); next != state {
			state = next
			changed(state)
		}
		if pause *= 2; ok || pause > s.Interval {
			pause = s.Interval
		}
		if !wait(ctx, pause, updated) {
			return
		}
	}
}

// wait lets a pause pass, or as much of it as there is before an update; false
// is the end of ctx.
func wait(ctx context.Context, pause time.Duration, updated <-chan struct{}) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-updated:
	}
	return true
}

func (s *GroupSettings) nextState(state string, passed, failed int) string {
	switch {
	case state == Initial && passed >= 1:
		return Healthy
	case state == Unhealthy && passed >= s.HealthyThreshold:
		return Healthy
	case state != Unhealthy && failed >= s.UnhealthyThreshold:
		return Unhealthy
	}
	return state
}
