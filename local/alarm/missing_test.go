package alarm_test

import (
	"strings"
	"testing"
	"time"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

// The tables of AWS's "Configuring how CloudWatch alarms treat missing data":
// five data points are retrieved for three evaluation periods; 0 does not
// breach, X does, - is missing. The columns are missing, ignore, breaching and
// notBreaching; "retain" keeps the state.
func TestO4_MissingDataIsTreatedAsAWSsTablesSay(t *testing.T) {
	t.Parallel()
	const retain, insufficient = "retain", alarm.InsufficientData
	for _, c := range []struct {
		needed string
		data   string
		want   [4]string
	}{
		{"3", "0-X-X", [4]string{alarm.OK, alarm.OK, alarm.OK, alarm.OK}},
		{"3", "0----", [4]string{alarm.OK, alarm.OK, alarm.OK, alarm.OK}},
		{"3", "-----", [4]string{insufficient, retain, alarm.InAlarm, alarm.OK}},
		{"3", "0XX-X", [4]string{alarm.InAlarm, alarm.InAlarm, alarm.InAlarm, alarm.InAlarm}},
		{"3", "----X", [4]string{insufficient, retain, alarm.InAlarm, alarm.OK}},
		{"3", "X----", [4]string{alarm.InAlarm, retain, alarm.InAlarm, alarm.OK}},
		{"3", "--X--", [4]string{alarm.InAlarm, retain, alarm.InAlarm, alarm.OK}},
		{"2", "0-X-X", [4]string{alarm.InAlarm, alarm.InAlarm, alarm.InAlarm, alarm.InAlarm}},
		{"2", "00X0X", [4]string{alarm.InAlarm, alarm.InAlarm, alarm.InAlarm, alarm.InAlarm}},
		{"2", "0-X--", [4]string{alarm.OK, alarm.OK, alarm.InAlarm, alarm.OK}},
		{"2", "----0", [4]string{alarm.OK, alarm.OK, alarm.InAlarm, alarm.OK}},
		{"2", "----X", [4]string{insufficient, retain, alarm.InAlarm, alarm.OK}},
		{"2", "---X-", [4]string{alarm.InAlarm, retain, alarm.InAlarm, alarm.OK}},
	} {
		for i, treatment := range []string{"missing", "ignore", "breaching", "notBreaching"} {
			for _, before := range []string{alarm.InsufficientData, alarm.OK, alarm.InAlarm} {
				want := c.want[i]
				if want == retain {
					want = before
				}
				if got := stateAfter(t, before, c.data, `{"DatapointsToAlarm": `+c.needed+`, "TreatMissingData": "`+treatment+`"}`); got.Value != want {
					t.Errorf("%s of 3, %s, %s, from %s: %+v, want %s", c.needed, c.data, treatment, before, got, want)
				}
			}
		}
	}
}

// stateAfter brings an alarm to a state, an hour before, and evaluates data.
func stateAfter(t *testing.T, before, data, change string) alarm.State {
	t.Helper()
	a, s := make1(t, cpuHigh, change), metrics.NewStore()
	first := map[string]float64{alarm.OK: 1, alarm.InAlarm: 99}
	if value, ok := first[before]; ok {
		for i := range 5 {
			s.Put(a.Keys()[0], now.Add(-time.Hour-time.Duration(i+1)*time.Minute), value)
		}
		a.Evaluate(s, now.Add(-time.Hour))
	}
	if before != a.State().Value {
		t.Fatalf("the alarm did not come to %s", before)
	}
	points := make([]any, len(data))
	for i, c := range data {
		points[i] = map[rune]any{'0': 1, 'X': 99, '-': nil}[c]
	}
	put(s, a.Keys()[0], points...)
	state, changed := a.Evaluate(s, now)
	if changed != (state.Value != before) {
		t.Errorf("from %s to %s, changed is %v", before, state.Value, changed)
	}
	return state
}

func TestO4_AReasonSaysWhatWasMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, data, change, want string }{
		{alarm.OK, "-----", `{"TreatMissingData": "breaching"}`, "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching]."},
		{alarm.InAlarm, "----X", `{"TreatMissingData": "notBreaching"}`, "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [NonBreaching]."},
		{alarm.OK, "-----", `{}`, "Insufficient Data: 3 datapoints were unknown."},
		{alarm.OK, "--XX-", `{"DatapointsToAlarm": 2}`, "Threshold Crossed: 2 datapoints were received for 3 periods and 1 missing datapoint was treated as [Missing]."},
		{alarm.InAlarm, "XX0X0", `{"DatapointsToAlarm": 2}`, "(minimum 2 datapoints for ALARM -> OK transition)."},
	} {
		if got := stateAfter(t, c.before, c.data, c.change); !strings.HasSuffix(got.Reason, c.want) {
			t.Errorf("%s gives %+v, want %q", c.data, got, c.want)
		}
	}
}

// The template's alarm of requirement O4.
func TestO4_FewerThanTwoTasksRaiseTheAlarm(t *testing.T) {
	t.Parallel()
	change := `{"ComparisonOperator": "LessThanThreshold", "DatapointsToAlarm": 2, "EvaluationPeriods": 2, "MetricName": "RunningTaskCount",
		"Namespace": "ECS/ContainerInsights", "Statistic": "Minimum", "Threshold": 2, "TreatMissingData": "breaching"}`
	for data, want := range map[[4]int]string{{2, 2, 2, 1}: alarm.OK, {2, 2, 1, 1}: alarm.InAlarm, {1, 1, 1, 2}: alarm.OK} {
		a, s := make1(t, cpuHigh, change), metrics.NewStore()
		put(s, a.Keys()[0], data[0], data[1], data[2], data[3])
		if state, _ := a.Evaluate(s, now); state.Value != want {
			t.Errorf("%v tasks make %+v, want %s", data, state, want)
		}
	}
	a, s := make1(t, cpuHigh, change), metrics.NewStore()
	if state, _ := a.Evaluate(s, now); state.Value != alarm.InAlarm {
		t.Errorf("no data make %+v", state)
	}
	// A count that comes a little late is no missing task.
	a = make1(t, cpuHigh, change)
	put(s, a.Keys()[0], 2, 2, 2, nil)
	if state, _ := a.Evaluate(s, now); state.Value != alarm.OK {
		t.Errorf("a late count makes %+v", state)
	}
}
