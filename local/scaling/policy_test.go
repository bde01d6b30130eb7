package scaling_test

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"catalog/local/alarm"
	"catalog/local/scaling"
)

func TestA1_A3_APolicyMakesAWSsTwoAlarms(t *testing.T) {
	t.Parallel()
	high, low := cpuPolicy().Alarms()
	for _, c := range []struct {
		properties           alarm.Properties
		name, operator       string
		threshold, datapoint float64
	}{{high, "AlarmHigh", "GreaterThanThreshold", 70, 3}, {low, "AlarmLow", "LessThanThreshold", 63, 15}} {
		p := c.properties
		if p.ComparisonOperator != c.operator || float64(*p.Threshold) != c.threshold || float64(p.EvaluationPeriods) != c.datapoint || p.Period != 60 || p.Statistic != "Average" {
			t.Errorf("the alarm is %+v", p)
		}
		name := regexp.MustCompile(`^TargetTracking-service/cluster-catalog-dev/service-catalog-dev-` + c.name + `-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
		if !name.MatchString(p.AlarmName) || !strings.HasPrefix(p.AlarmDescription, "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy arn:aws:autoscaling:") {
			t.Errorf("it is named %q, %q", p.AlarmName, p.AlarmDescription)
		}
		one, err := alarm.New(p)
		if err != nil || one.Keys()[0] != cpu {
			t.Errorf("it watches %v, %v", one.Keys(), err)
		}
	}
	again, _ := cpuPolicy().Alarms()
	if first, second := asJSON(t, high), asJSON(t, again); first != second || high.AlarmName == low.AlarmName {
		t.Errorf("the names change: %s, %s", first, second)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	content, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestA1_APolicyMayHaveAResourceAndAPercentile(t *testing.T) {
	t.Parallel()
	p := cpuPolicy()
	p.ResourceID, p.Statistic = "service/a/b", "p90"
	high, _ := p.Alarms()
	if !strings.HasPrefix(high.AlarmName, "TargetTracking-service/a/b-AlarmHigh-") || high.ExtendedStatistic != "p90" || high.Statistic != "" {
		t.Errorf("the alarm is %+v", high)
	}
}

func TestA1_WhatAWSRefusesIsRefused(t *testing.T) {
	t.Parallel()
	one := 1
	tomorrow, err := scaling.ParseSchedule("rate(1 day)", "")
	if err != nil {
		t.Fatal(err)
	}
	good := scaling.Target{Min: 2, Max: 10}
	change := func(f func(*scaling.Policy)) []scaling.Policy {
		p := cpuPolicy()
		f(&p)
		return []scaling.Policy{p}
	}
	for want, c := range map[string]struct {
		target    scaling.Target
		policies  []scaling.Policy
		scheduled []scaling.ScheduledAction
	}{
		"must not be negative":    {target: scaling.Target{Min: -1, Max: 2}},
		"nor above the maximum":   {target: scaling.Target{Min: 3, Max: 2}},
		"has no name":             {good, change(func(p *scaling.Policy) { p.Name = "" }), nil},
		"must be above 0":         {good, change(func(p *scaling.Policy) { p.TargetValue = 0 }), nil},
		"has the target NaN":      {good, change(func(p *scaling.Policy) { p.TargetValue = math.NaN() }), nil},
		"negative cooldown":       {good, change(func(p *scaling.Policy) { p.ScaleInCooldown = -time.Second }), nil},
		"its Statistic is \"tm\"": {good, change(func(p *scaling.Policy) { p.Statistic = "tm" }), nil},
		"sets nothing":            {good, nil, []scaling.ScheduledAction{{Name: "a", Schedule: tomorrow}}},
		"action has no name":      {good, nil, []scaling.ScheduledAction{{Schedule: tomorrow, Min: &one}}},
		"has no schedule":         {good, nil, []scaling.ScheduledAction{{Name: "a", Min: &one}}},
		"ends before it starts":   {good, nil, []scaling.ScheduledAction{{Name: "a", Min: &one, Schedule: tomorrow, Start: noon, End: noon}}},
	} {
		if _, err := scaling.New(c.target, c.policies, c.scheduled); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want one with %q", err, want)
		}
	}
}
