package balancer

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// follow runs a checker in simulated time. answer says whether a check at a
// time passes; the changes come back as "when: state".
func follow(t *testing.T, settings GroupSettings, length time.Duration, answer func(at time.Duration) bool) (changes []string, checks []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), length)
		defer cancel()
		checker := healthChecker{look: always(settings), probe: func(context.Context, *GroupSettings) bool {
			checks = append(checks, time.Since(begin))
			return answer(time.Since(begin))
		}}
		checker.run(ctx, func(health string) {
			changes = append(changes, fmt.Sprint(time.Since(begin), ": ", health))
		})
	})
	return changes, checks
}

// always are settings that nobody changes.
func always(s GroupSettings) func() (*GroupSettings, <-chan struct{}) {
	return func() (*GroupSettings, <-chan struct{}) { return &s, nil }
}

var thirtySeconds = GroupSettings{Interval: 30 * time.Second, HealthyThreshold: 3, UnhealthyThreshold: 2}

func TestS3_HealthyAfterTheFirstPassedCheck(t *testing.T) {
	t.Parallel()
	changes, checks := follow(t, thirtySeconds, 100*time.Second, func(time.Duration) bool { return true })
	if !slices.Equal(changes, []string{"0s: healthy"}) {
		t.Errorf("changes: %q", changes)
	}
	if !slices.Equal(checks, []time.Duration{0, 30 * time.Second, 60 * time.Second, 90 * time.Second}) {
		t.Errorf("checks at %v, want one every 30 s", checks)
	}
}

// A program that needs a moment to listen is asked again soon, and what it
// missed meanwhile does not count against it.
func TestS3_AStartIsNotSlowedByAnEarlyCheck(t *testing.T) {
	t.Parallel()
	for _, start := range []time.Duration{150 * time.Millisecond, 700 * time.Millisecond, 5 * time.Second} {
		changes, checks := follow(t, thirtySeconds, 90*time.Second, func(at time.Duration) bool { return at >= start })
		if len(changes) != 1 {
			t.Fatalf("a start of %v: %q, want healthy and nothing before", start, changes)
		}
		var first time.Duration
		for _, at := range checks {
			if at >= start {
				first = at
				break
			}
		}
		if changes[0] != fmt.Sprint(first, ": healthy") || first > 3*start {
			t.Errorf("a start of %v: %q with checks at %v", start, changes, checks)
		}
	}
}

func TestS3_ThresholdsCountAfterwards(t *testing.T) {
	t.Parallel()
	second := time.Second
	for name, c := range map[string]struct {
		fails [2]time.Duration // from, to
		want  []string
	}{
		"one failure is none":      {[2]time.Duration{20 * second, 40 * second}, []string{"0s: healthy"}},
		"two failures":             {[2]time.Duration{20 * second, 70 * second}, []string{"0s: healthy", "1m0s: unhealthy", "2m30s: healthy"}},
		"fails for ever":           {[2]time.Duration{20 * second, time.Hour}, []string{"0s: healthy", "1m0s: unhealthy"}},
		"fails from the beginning": {[2]time.Duration{0, time.Hour}, []string{"51s: unhealthy"}}, // the second check that is an interval after the first
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes, _ := follow(t, thirtySeconds, 10*time.Minute, func(at time.Duration) bool { return at < c.fails[0] || at >= c.fails[1] })
			if !slices.Equal(changes, c.want) {
				t.Errorf("changes: %q, want %q", changes, c.want)
			}
		})
	}
}

// Passed and failed checks in turn never are so many in a row.
func TestS3_AFlappingTargetKeepsItsState(t *testing.T) {
	t.Parallel()
	n := 0
	changes, _ := follow(t, thirtySeconds, time.Hour, func(time.Duration) bool { n++; return n%2 == 1 })
	if !slices.Equal(changes, []string{"0s: healthy"}) {
		t.Errorf("changes: %q", changes)
	}
}

func TestCheckerEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		checker := healthChecker{look: always(thirtySeconds), probe: func(context.Context, *GroupSettings) bool { cancel(); return true }}
		checker.run(ctx, func(health string) { t.Errorf("a check that was cut off made the target %s", health) })
	})
}
