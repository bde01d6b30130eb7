package scaling

import (
	"fmt"
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
}

// New makes a scaler for a target with its policies and scheduled actions,
// either of which may be none. It refuses bounds, policies and actions that AWS
// refuses, with one sentence that names the trouble.
func New(target Target, policies []Policy, scheduled []ScheduledAction) (*Scaler, error) {
	s := &Scaler{}
	if err := s.SetTarget(target, scheduled); err != nil {
		return nil, err
	}
	return s, s.SetPolicies(policies)
}

// SetTarget declares the target anew: its bounds hold from now on, whatever a
// scheduled action had set, and so do its scheduled actions. Everything else
// goes on. With an error nothing changes.
func (s *Scaler) SetTarget(target Target, scheduled []ScheduledAction) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := target.validate(); err != nil {
		return err
	}
	var actions []*scheduledAction
	for _, action := range scheduled {
		if err := action.validate(); err != nil {
			return err
		}
		one := &scheduledAction{ScheduledAction: action}
		if !s.ticked.IsZero() {
			one.begin(s.ticked)
		}
		actions = append(actions, one)
	}
	s.target, s.scheduled = target, actions
	return nil
}

// SetPolicies gives the target other policies. The bounds that a scheduled
// action has set stay, as does the cooldown, and so does the state of the alarms
// of a policy whose name stays (AWS: PutMetricAlarm, "its state is left
// unchanged"). With an error nothing changes.
func (s *Scaler) SetPolicies(policies []Policy) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var trackers []*tracker
	for _, p := range policies {
		one, err := newTracker(p)
		if err != nil {
			return err
		}
		for _, before := range s.trackers {
			if before.Name == p.Name {
				one.goOn(before)
			}
		}
		trackers = append(trackers, one)
	}
	s.trackers = trackers
	return nil
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
	s.capacities.note(now, desired)
	return desired, &Activity{Time: now, From: current, To: desired, Cause: cause}
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

// Alarms lists the policies' alarms, which the scaler evaluates: a high one for
// each, and a low one unless scaling in is disabled.
func (s *Scaler) Alarms() []*alarm.Alarm {
	s.mu.Lock()
	defer s.mu.Unlock()
	var alarms []*alarm.Alarm
	for _, one := range s.trackers {
		alarms = append(alarms, one.high)
		if one.low != nil {
			alarms = append(alarms, one.low)
		}
	}
	return alarms
}
