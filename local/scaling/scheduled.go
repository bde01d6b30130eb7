package scaling

import (
	"fmt"
	"time"
)

// ScheduledAction sets a target's bounds at times (AWS: "Scheduled scaling").
type ScheduledAction struct {
	Name     string
	Schedule Schedule
	// Start, if set, is when a recurring action comes first, besides its
	// schedule. End, if set, is the time after which it comes no more. Bounds
	// stay as they are then.
	Start, End time.Time
	Min, Max   *int // nil: stays
}

func (a ScheduledAction) validate() error {
	switch {
	case a.Name == "":
		return fmt.Errorf("a scheduled action has no name: give it one")
	case a.Min == nil && a.Max == nil:
		return fmt.Errorf("the scheduled action %q sets nothing: set MinCapacity or MaxCapacity", a.Name)
	case a.Min != nil && *a.Min < 0, a.Max != nil && *a.Max < 0, a.Min != nil && a.Max != nil && *a.Min > *a.Max:
		return fmt.Errorf("the scheduled action %q sets bounds that are none: the minimum must not be negative nor above the maximum", a.Name)
	case a.Schedule == Schedule{}:
		return fmt.Errorf("the scheduled action %q has no schedule: set one", a.Name)
	case !a.Start.IsZero() && !a.End.IsZero() && !a.Start.Before(a.End):
		return fmt.Errorf("the scheduled action %q ends before it starts: correct StartTime or EndTime", a.Name)
	}
	return nil
}

// scheduledAction is an action that waits for its next time; zero for never.
type scheduledAction struct {
	ScheduledAction
	next time.Time
}

// begin finds an action's first time after now. A start time in the past is one
// from which a rate counts.
func (a *scheduledAction) begin(now time.Time) {
	switch {
	case a.Start.After(now) && a.Schedule.at.IsZero():
		a.next = a.Start
	case a.Start.After(now):
		a.next = a.Schedule.Next(a.Start.Add(-1))
	case a.Schedule.rate > 0 && !a.Start.IsZero():
		a.next = a.Start.Add((now.Sub(a.Start)/a.Schedule.rate + 1) * a.Schedule.rate)
	default:
		a.next = a.Schedule.Next(now)
	}
}

func (a *scheduledAction) due(now time.Time) bool {
	return !a.next.IsZero() && !a.next.After(now) && (a.End.IsZero() || !a.next.After(a.End))
}

// applySchedules sets the bounds of the actions that came due since the last
// tick, in the order of their times. The first tick looks for nothing in the
// past.
func (s *Scaler) applySchedules(now time.Time) {
	if s.ticked.IsZero() {
		for _, action := range s.scheduled {
			action.begin(now)
		}
	}
	s.ticked = now
	for {
		var first *scheduledAction
		for _, action := range s.scheduled {
			if action.due(now) && (first == nil || action.next.Before(first.next)) {
				first = action
			}
		}
		if first == nil {
			return
		}
		s.target = first.apply(s.target)
		first.next = first.Schedule.Next(first.next)
	}
}

// apply gives the target with the action's bounds. Where an action sets only
// one bound and the other stands in its way, AWS refuses the action; here the
// other moves along, since a peak that was planned for must find its tasks.
func (a ScheduledAction) apply(t Target) Target {
	if a.Min != nil {
		t.Min = *a.Min
		t.Max = max(t.Max, t.Min)
	}
	if a.Max != nil {
		t.Max = *a.Max
		t.Min = min(t.Min, t.Max)
	}
	return t
}
