package template

import "testing"

// TestChecklist09_ScalingOfEveryEnvironment: 2 to 10 tasks at 70 % CPU, a
// minute between two actions, in both directions.
func TestChecklist09_ScalingOfEveryEnvironment(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		id, target := e.catalog.one(t, "AWS::ApplicationAutoScaling::ScalableTarget")
		want(t, 2, target, "MinCapacity")
		want(t, 10, target, "MaxCapacity")
		_, policy := e.catalog.one(t, "AWS::ApplicationAutoScaling::ScalingPolicy")
		want(t, ref(id), policy, "ScalingTargetId")
		settings := policy["TargetTrackingScalingPolicyConfiguration"]
		want(t, 70, settings, "TargetValue")
		want(t, 60, settings, "ScaleInCooldown")
		want(t, 60, settings, "ScaleOutCooldown")
		want(t, false, settings, "DisableScaleIn")
	}
}

// TestS2_PeaksRaiseTheMinimumAndGiveItBack, by the peak's own clock; the
// largest count stays.
func TestS2_PeaksRaiseTheMinimumAndGiveItBack(t *testing.T) {
	t.Parallel()
	_, without := dev.catalog.one(t, "AWS::ApplicationAutoScaling::ScalableTarget")
	want(t, nil, without, "ScheduledActions")
	_, target := prod.catalog.one(t, "AWS::ApplicationAutoScaling::ScalableTarget")
	for i, wanted := range []struct {
		schedule string
		minimum  int
	}{{"cron(0 18 27 11 ? 2026)", 6}, {"cron(0 2 28 11 ? 2026)", 2}} {
		want(t, wanted.schedule, target, "ScheduledActions", i, "Schedule")
		want(t, "Australia/Sydney", target, "ScheduledActions", i, "Timezone")
		want(t, map[string]int{"MinCapacity": wanted.minimum}, target, "ScheduledActions", i, "ScalableTargetAction")
	}
	want(t, nil, target, "ScheduledActions", 2)
}
