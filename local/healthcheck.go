package local

import (
	"context"
	"time"
)

// healthChecker follows one target as an Application Load Balancer does (AWS:
// "Health checks for Application Load Balancer target groups"): a target that
// was just registered is healthy after its first passed check; from then on
// so many checks in a row must say otherwise before its state changes.
type healthChecker struct {
	settings targetGroupSettings
	probe    func(ctx context.Context) bool
}

// firstPause is how long after its registration a target that does not answer
// yet is asked again, before the regular interval begins: a start is not
// slowed by a check that came a moment too early.
const firstPause = 100 * time.Millisecond

// run checks until ctx ends and calls changed with each new state.
func (h healthChecker) run(ctx context.Context, changed func(health string)) {
	state := targetInitial
	passed, failed := 0, 0
	var lastFailed time.Time
	pause := firstPause
	for {
		ok := h.probe(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case ok:
			passed, failed = passed+1, 0
		case failed == 0 || time.Since(lastFailed) >= h.settings.interval:
			passed, failed, lastFailed = 0, failed+1, time.Now()
		} // one that failed between two regular checks does not count
		if next := h.settings.nextState(state, passed, failed); next != state {
			state = next
			changed(state)
		}
		if pause *= 2; ok || pause > h.settings.interval {
			pause = h.settings.interval
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func (s targetGroupSettings) nextState(state string, passed, failed int) string {
	switch {
	case state == targetInitial && passed >= 1:
		return targetHealthy
	case state == targetUnhealthy && passed >= s.healthy:
		return targetHealthy
	case state != targetUnhealthy && failed >= s.unhealthy:
		return targetUnhealthy
	}
	return state
}
