package scaling

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

// Activity is a scaling activity: it changed the number of tasks, and why.
type Activity struct {
	Time     time.Time
	From, To int
	Cause    string // in AWS's words
}

// remembered is how many activities Activities gives.
const remembered = 100

// Scaler scales one service. It is safe for concurrent use.
type Scaler struct {
	mu         sync.Mutex
	target     Target
	trackers   []*tracker
	scheduled  []*scheduledAction
	ticked     time.Time // the last tick
	evaluated  time.Time // the last evaluation of the alarms
	cooldown   cooldown
	capacities capacities
	activities []Activity
}

// New makes a scaler for a target with its policies and scheduled actions,
// either of which may be none. It refuses bounds, policies and actions that AWS
// refuses, with one sentence that names the trouble.
func New(target Target, policies []Policy, scheduled []ScheduledAction) (*Scaler, error) {
	if err := target.validate(); err != nil {
		return nil, err
	}
	s := &Scaler{target: target}
	for _, p := range policies {
		one, err := newTracker(p)
		if err != nil {
			return nil, err
		}
		s.trackers = append(s.trackers, one)
	}
	for _, action := range scheduled {
		if err := action.validate(); err != nil {
			return nil, err
		}
		s.scheduled = append(s.scheduled, &scheduledAction{ScheduledAction: action})
	}
	return s, nil
}

// Tick says how many tasks the service should have now, given how many it is
// asked to have (current, its desired count). The activity is nil when that is
// no change. Call it every few seconds: scheduled actions come when they are
// due, the alarms are evaluated once a minute.
//
// While a deployment is in progress nothing is scaled in (AWS: "Amazon ECS and
// Application Auto Scaling").
func (s *Scaler) Tick(now time.Time, store *metrics.Store, current int, deploymentInProgress bool) (desired int, activity *Activity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.capacities.note(now, current)
	s.applySchedules(now)
	desired, cause := s.bounded(current)
	if desired == current {
		desired, cause = s.track(now, store, current, deploymentInProgress)
	}
	if desired == current || (desired < current && deploymentInProgress) {
		return current, nil
	}
	done := Activity{Time: now, From: current, To: desired, Cause: cause}
	s.activities = append(s.activities, done)
	s.activities = s.activities[max(0, len(s.activities)-remembered):]
	s.capacities.note(now, desired)
	return desired, &done
}

// bounded brings a number of tasks that is out of bounds to the nearest bound,
// without waiting for a cooldown.
func (s *Scaler) bounded(current int) (int, string) {
	desired := s.target.bound(current)
	if desired > current {
		return desired, fmt.Sprintf("minimum capacity was set to %d", desired)
	}
	return desired, fmt.Sprintf("maximum capacity was set to %d", desired)
}

// Target gives the bounds that hold now: those of New, or of the last scheduled
// action.
func (s *Scaler) Target() Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.target
}

// Activities lists the last 100 activities, oldest first.
func (s *Scaler) Activities() []Activity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.activities)
}

// Alarms lists the policies' alarms, which the scaler evaluates: a high one for
// each, and a low one unless scaling in is disabled.
func (s *Scaler) Alarms() []*alarm.Alarm {
	var alarms []*alarm.Alarm
	for _, one := range s.trackers {
		alarms = append(alarms, one.high)
		if one.low != nil {
			alarms = append(alarms, one.low)
		}
	}
	return alarms
}
