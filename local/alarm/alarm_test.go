package alarm_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

// now is not at the beginning of a minute: evaluation takes whole ones only.
var now = time.Date(2026, 11, 26, 10, 5, 17, 0, time.UTC)

// cpuHigh is the template's alarm of requirement O3, with a number as a string
// as CloudFormation also takes it.
const cpuHigh = `{
	"AlarmActions": ["arn:topic"], "OKActions": ["arn:topic", "arn:other"],
	"AlarmDescription": "O3: the tasks' CPU is above 80 %. Runbook: docs/runbooks/cpu-high.md",
	"AlarmName": "alarm-cpu-high-dev", "ComparisonOperator": "GreaterThanThreshold",
	"DatapointsToAlarm": 3, "EvaluationPeriods": "3", "Period": "60", "Threshold": 80,
	"Dimensions": [{"Name": "ServiceName", "Value": "service-catalog-dev"}, {"Name": "ClusterName", "Value": "cluster-catalog-dev"}],
	"MetricName": "CPUUtilization", "Namespace": "AWS/ECS", "Statistic": "Average", "TreatMissingData": "missing"
}`

func read(t *testing.T, text string, changes ...string) alarm.Properties {
	t.Helper()
	var p alarm.Properties
	for _, content := range append([]string{text}, changes...) {
		if strings.Contains(content, `"Metrics"`) {
			p.Metrics = nil // JSON would change the list's items instead
		}
		if err := json.Unmarshal([]byte(content), &p); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func make1(t *testing.T, text string, changes ...string) *alarm.Alarm {
	t.Helper()
	a, err := alarm.New(read(t, text, changes...))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// put gives the last whole minutes values, the oldest first; a dash is none.
func put(s *metrics.Store, k metrics.Key, values ...any) {
	for i, v := range values {
		at := now.Truncate(time.Minute).Add(time.Duration(i-len(values)) * time.Minute)
		switch v := v.(type) {
		case int:
			s.Put(k, at, float64(v))
		case float64:
			s.Put(k, at, v)
		}
	}
}

func TestO3_AnAlarmShowsWhatAConsoleNeeds(t *testing.T) {
	t.Parallel()
	a := make1(t, cpuHigh)
	want := metrics.NewKey("AWS/ECS", "CPUUtilization", map[string]string{"ClusterName": "cluster-catalog-dev", "ServiceName": "service-catalog-dev"})
	if a.Name() != "alarm-cpu-high-dev" || a.Runbook() != "docs/runbooks/cpu-high.md" || !strings.HasPrefix(a.Description(), "O3:") ||
		len(a.Keys()) != 1 || a.Keys()[0] != want {
		t.Errorf("the alarm shows %q %q %v", a.Name(), a.Runbook(), a.Keys())
	}
	if state := a.State(); state.Value != alarm.InsufficientData || state.Reason != "Unchecked: Initial alarm creation" {
		t.Errorf("it begins with %+v", state)
	}
	if len(a.Actions(alarm.InAlarm)) != 1 || len(a.Actions(alarm.OK)) != 2 || a.Actions(alarm.InsufficientData) != nil || a.Actions("?") != nil {
		t.Errorf("its actions are %v, %v", a.Actions(alarm.InAlarm), a.Actions(alarm.OK))
	}
	silent := make1(t, cpuHigh, `{"ActionsEnabled": "false", "AlarmDescription": "none"}`)
	if silent.Actions(alarm.InAlarm) != nil || silent.Runbook() != "" {
		t.Errorf("with actions disabled they are %v, its runbook %q", silent.Actions(alarm.InAlarm), silent.Runbook())
	}
}

func TestO3_CPUAbove80ForThreeMinutesRaisesTheAlarm(t *testing.T) {
	t.Parallel()
	a, s := make1(t, cpuHigh), metrics.NewStore()
	if state, changed := a.Evaluate(s, now); changed || state.Value != alarm.InsufficientData || !state.Since.Equal(now) {
		t.Errorf("without data the state is %+v", state)
	}
	put(s, a.Keys()[0], 80, 91, 90, 85.5)
	s.Put(a.Keys()[0], now, 1) // this minute goes on
	state, changed := a.Evaluate(s, now)
	want := "Threshold Crossed: 3 out of the last 3 datapoints [85.5 (26/11/26 10:04:00), 90.0 (26/11/26 10:03:00), 91.0 (26/11/26 10:02:00)] were greater than the threshold (80.0) (minimum 3 datapoints for OK -> ALARM transition)."
	if !changed || state.Value != alarm.InAlarm || state.Reason != want || !state.Since.Equal(now) {
		t.Errorf("the state is %+v, want the reason\n%s", state, want)
	}
	if points := a.Datapoints(); len(points) != 3 || points[2].Value != 85.5 {
		t.Errorf("it saw %v", points)
	}
	if _, changed := a.Evaluate(s, now); changed {
		t.Error("a second look changes the state")
	}
	later := now.Add(time.Minute)
	state, changed = a.Evaluate(s, later)
	want = "Threshold Crossed: 1 out of the last 3 datapoints [1.0 (26/11/26 10:05:00)] was not greater than the threshold (80.0) (minimum 1 datapoint for ALARM -> OK transition)."
	if !changed || state.Value != alarm.OK || state.Reason != want || !state.Since.Equal(later) || a.State() != state {
		t.Errorf("the state is %+v, want the reason\n%s", state, want)
	}
}

func TestO3_EveryComparisonIsCloudWatchs(t *testing.T) {
	t.Parallel()
	for operator, want := range map[string][3]string{
		"GreaterThanThreshold":          {alarm.OK, alarm.OK, alarm.InAlarm},
		"GreaterThanOrEqualToThreshold": {alarm.OK, alarm.InAlarm, alarm.InAlarm},
		"LessThanThreshold":             {alarm.InAlarm, alarm.OK, alarm.OK},
		"LessThanOrEqualToThreshold":    {alarm.InAlarm, alarm.InAlarm, alarm.OK},
	} {
		for i, value := range []int{79, 80, 81} {
			a, s := make1(t, cpuHigh, `{"ComparisonOperator": "`+operator+`", "EvaluationPeriods": 1, "DatapointsToAlarm": "1"}`), metrics.NewStore()
			put(s, a.Keys()[0], value)
			if state, _ := a.Evaluate(s, now); state.Value != want[i] {
				t.Errorf("%s: %d against 80 is %s, want %s", operator, value, state.Value, want[i])
			}
		}
	}
}

func TestI5_LongPeriodsEndWithTheLastMinute(t *testing.T) {
	t.Parallel()
	a, s := make1(t, cpuHigh, `{"Period": 300, "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "Statistic": "Sum", "Threshold": 14}`), metrics.NewStore()
	put(s, a.Keys()[0], 100, 3, 3, 3, 3, 3) // the last five of six minutes are one period
	if state, _ := a.Evaluate(s, now); state.Value != alarm.InAlarm || !strings.Contains(state.Reason, "[15.0 (26/11/26 10:00:00)]") {
		t.Errorf("the state is %+v", state)
	}
	if state, _ := a.Evaluate(s, now.Add(time.Minute)); state.Value != alarm.OK || !strings.Contains(state.Reason, "[12.0 (26/11/26 10:01:00)]") {
		t.Errorf("a minute later it is %+v", state)
	}
}

func TestI5_APercentileWithFewSamplesMayBeLeft(t *testing.T) {
	t.Parallel()
	change := `{"Statistic": "", "ExtendedStatistic": "p99", "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "EvaluateLowSampleCountPercentile": "ignore"}`
	a, s := make1(t, cpuHigh, change), metrics.NewStore()
	var many metrics.Distribution
	many.AddN(90, 999)
	at := now.Add(-time.Minute)
	s.PutDistribution(a.Keys()[0], at, &many)
	if state, _ := a.Evaluate(s, now); state.Value != alarm.InsufficientData {
		t.Errorf("with 999 samples p99 makes %+v", state)
	}
	s.Put(a.Keys()[0], at, 90)
	if state, _ := a.Evaluate(s, now); state.Value != alarm.InAlarm {
		t.Errorf("with 1000 samples p99 makes %+v", state)
	}
}

func TestI5_AnAlarmIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	a, s := make1(t, cpuHigh), metrics.NewStore()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for minute := range 50 {
				s.Put(a.Keys()[0], now.Add(time.Duration(minute)*time.Minute), float64(70+i*5))
				a.Evaluate(s, now.Add(time.Duration(minute)*time.Minute))
				_, _ = a.State(), a.Datapoints()
			}
		})
	}
	group.Wait()
}
