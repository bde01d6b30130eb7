package local

import (
	"testing"
	"time"

	"catalog/local/alarm"
)

// A1: an update of the policy does not undo what the target went through.
func TestA1_AnUpdateOfAPolicyKeepsItsAlarms(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, watchedStack())
	e.past(all[*service](e)[0].metric("AWS/ECS", "CPUUtilization"), 3, 100)
	e.scale(time.Now())
	high := func() string {
		scaler, _ := all[*scalableTarget](e)[0].current()
		return scaler.Alarms()[0].State().Value
	}
	if got := high(); got != alarm.InAlarm {
		t.Fatalf("at 100 %% of 70 %% the alarm is %s", got)
	}
	changes := watchedStack()
	changes["Resources.Policy.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue"] = "75"
	if err := p.update(t, e, changes); err != nil {
		t.Fatal(err)
	}
	if got := high(); got != alarm.InAlarm {
		t.Errorf("after the update it is %s", got)
	}
	changes["Resources.Scaling.Properties.MaxCapacity"] = "5"
	if err := p.update(t, e, changes); err != nil {
		t.Fatal(err)
	}
	if got := high(); got != alarm.InAlarm {
		t.Errorf("after an update of the target it is %s", got)
	}
}
