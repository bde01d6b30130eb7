package scaling_test

import (
	"slices"
	"testing"
	"time"

	"catalog/local/scaling"
)

// A change of one policy leaves everything else of the target as it was: bounds
// that a scheduled action has set, the cooldown, the alarms that are raised.
func TestA1_APolicysChangeTouchesNothingElse(t *testing.T) {
	t.Parallel()
	six := 6
	s := newService(t, 2, cpuPolicy())
	if err := s.SetTarget(scaling.Target{Min: 2, Max: 10}, []scaling.ScheduledAction{{Name: "sale", Schedule: schedule(t, "at(2026-11-27T12:01:00)", ""), Min: &six}}); err != nil {
		t.Fatal(err)
	}
	s.Tick(s.now, s.store, s.tasks, false) // schedules count from the first look
	if got := s.minutes(3, 95); got != 9 {
		t.Fatalf("there are %d tasks, want 9: 6 of the sale at 95 %%", got)
	}
	alarms := func() (states []string) {
		for _, one := range s.Alarms() {
			states = append(states, one.State().Value)
		}
		return states
	}
	before := alarms()
	changed := cpuPolicy()
	changed.TargetValue = 75
	if err := s.SetPolicies([]scaling.Policy{changed}); err != nil {
		t.Fatal(err)
	}
	if got := alarms(); before[0] != "ALARM" || !slices.Equal(got, before) {
		t.Errorf("the alarms go from %v to %v", before, got)
	}
	if got := s.Target(); got.Min != 6 {
		t.Errorf("the bounds are %v, want those of the sale", got)
	}
	if desired, activity := s.Tick(s.now.Add(30*time.Second), s.store, 9, false); activity != nil {
		t.Errorf("within the cooldown there are %d tasks: %v", desired, activity)
	}
	if err := s.SetPolicies([]scaling.Policy{{}}); err == nil || len(s.Alarms()) != 2 {
		t.Errorf("a policy without a name leaves %d alarms, %v", len(s.Alarms()), err)
	}
	if err := s.SetTarget(scaling.Target{Min: 3, Max: 8}, nil); err != nil || s.Target() != (scaling.Target{Min: 3, Max: 8}) || !slices.Equal(alarms(), before) {
		t.Errorf("declared anew it is %v with the alarms %v, %v", s.Target(), alarms(), err)
	}
	if err := s.SetTarget(scaling.Target{Min: 3, Max: 2}, nil); err == nil || s.Target().Max != 8 {
		t.Errorf("bounds that are none leave %v, %v", s.Target(), err)
	}
}
