package scaling

import (
	"fmt"
	"math"
	"time"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

// tracker is a policy with its alarms; low is nil when scaling in is disabled.
type tracker struct {
	Policy
	high, low *alarm.Alarm
}

func newTracker(p Policy) (*tracker, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	highProperties, lowProperties := p.Alarms()
	high, err := alarm.New(highProperties)
	if err != nil {
		return nil, fmt.Errorf("the scaling policy %q cannot be made: %w", p.Name, err)
	}
	one := &tracker{Policy: p, high: high}
	if !p.DisableScaleIn {
		if one.low, err = alarm.New(lowProperties); err != nil {
			return nil, fmt.Errorf("the scaling policy %q cannot be made: %w", p.Name, err)
		}
	}
	return one, nil
}

// goOn takes the alarms' states over from the tracker that it takes the place
// of.
func (t *tracker) goOn(before *tracker) {
	t.high.Continue(before.high)
	if t.low != nil && before.low != nil {
		t.low.Continue(before.low)
	}
}

// cooldown follows a scaling activity of a policy.
type cooldown struct {
	until time.Time
	out   bool // after a scale-out; otherwise after a scale-in
	base  int  // the number of tasks before it
}

// track evaluates the alarms, once a minute, and scales on them. CloudWatch
// repeats a scaling action every minute while its alarm lasts, so two actions
// are at least 60 seconds apart, whatever the cooldowns are.
func (s *Scaler) track(now time.Time, store *metrics.Store, current int, deploymentInProgress bool) (int, string) {
	if now.Sub(s.evaluated) < alarmSeconds*time.Second && !now.Before(s.evaluated) {
		return current, ""
	}
	s.evaluated = now
	for _, one := range s.trackers {
		one.high.Evaluate(store, now)
		if one.low != nil {
			one.low.Evaluate(store, now)
		}
	}
	if desired, by := s.out(now, current); by != nil {
		s.cooldown = s.after(now, by.ScaleOutCooldown, true, current)
		return desired, cause(by.high, by)
	}
	if deploymentInProgress || now.Before(s.cooldown.until) {
		return current, ""
	}
	if desired, by := s.in(current); by != nil {
		s.cooldown = s.after(now, by.ScaleInCooldown, false, current)
		return desired, cause(by.low, by)
	}
	return current, ""
}

// after is the cooldown after an activity. One scale-out that follows another
// within its cooldown keeps the first one's base, and begins a new cooldown.
func (s *Scaler) after(now time.Time, length time.Duration, out bool, current int) cooldown {
	base := current
	if out && s.cooldown.out && now.Before(s.cooldown.until) {
		base = s.cooldown.base
	}
	return cooldown{until: now.Add(length), out: out, base: base}
}

// out finds the largest number of tasks that a policy with its alarm raised asks
// for: current × metric ÷ target, rounded up. The metric is the newest data
// point that the alarm saw.
//
// Within a scale-out's cooldown, the tasks that it added are "calculated as part
// of the desired capacity": the sum starts from the number before it, and only
// a larger result goes on. A scale-in's cooldown does not stop a scale-out.
func (s *Scaler) out(now time.Time, current int) (desired int, by *tracker) {
	base := current
	if s.cooldown.out && now.Before(s.cooldown.until) {
		base = s.cooldown.base
	}
	desired = current
	for _, one := range s.trackers {
		points := one.high.Datapoints()
		if one.high.State().Value != alarm.InAlarm || len(points) == 0 {
			continue
		}
		wanted := s.target.bound(needed(base, points[len(points)-1].Value, one.TargetValue))
		if wanted > desired {
			desired, by = wanted, one
		}
	}
	return desired, by
}

// in finds the number of tasks to scale in to: with every policy that scales in
// ready, the largest number that one asks for; not in while one is raised (AWS:
// "Considerations" of target tracking).
//
// A policy asks for what would have kept the metric at the target in each of
// the 15 minutes that its alarm saw, with as many tasks as there were then. AWS
// does not say which data point it takes; the last one with today's number of
// tasks would scale in again and again on minutes from before the last step.
func (s *Scaler) in(current int) (desired int, by *tracker) {
	desired = s.target.Min
	for _, one := range s.trackers {
		if one.high.State().Value == alarm.InAlarm {
			return current, nil
		}
		if one.low == nil {
			continue
		}
		if one.low.State().Value != alarm.InAlarm {
			return current, nil
		}
		for _, p := range one.low.Datapoints() {
			if wanted := needed(s.capacities.during(p.Time, current), p.Value, one.TargetValue); wanted > desired {
				desired, by = wanted, one
			}
		}
		if by == nil {
			by = one
		}
	}
	if by == nil || desired >= current {
		return current, nil
	}
	return desired, by
}

// needed is how many tasks bring a metric to its target, rounded up so as not to
// add too few or remove too many (AWS: "Considerations" of target tracking).
func needed(tasks int, metric, target float64) int {
	exact := float64(tasks) * metric / target
	// A hair of a task is rounding: 3 × 70 / 70 is 3.
	return int(math.Ceil(math.Min(exact-1e-9, math.MaxInt32)))
}

func cause(a *alarm.Alarm, by *tracker) string {
	return "monitor alarm " + a.Name() + " in state ALARM triggered policy " + by.Name
}
