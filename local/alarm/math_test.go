package alarm_test

import (
	"strings"
	"testing"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

// errorsHigh is the template's alarm on metric math.
const errorsHigh = `{
	"AlarmName": "alarm-errors-high-dev", "ComparisonOperator": "GreaterThanThreshold", "DatapointsToAlarm": 3, "EvaluationPeriods": 5,
	"Metrics": [
		{"Expression": "IF(FILL(requests, 0) >= 20, 100 * (FILL(tasks, 0) + FILL(balancer, 0)) / requests, 0)", "Id": "expr_1", "Label": "5xx answers, percent", "ReturnData": true},
		{"Id": "balancer", "MetricStat": {"Metric": {"Dimensions": [{"Name": "LoadBalancer", "Value": "app/alb/1"}], "MetricName": "HTTPCode_ELB_5XX_Count", "Namespace": "AWS/ApplicationELB"}, "Period": 60, "Stat": "Sum"}, "ReturnData": false},
		{"Id": "requests", "MetricStat": {"Metric": {"Dimensions": [{"Name": "LoadBalancer", "Value": "app/alb/1"}], "MetricName": "RequestCount", "Namespace": "AWS/ApplicationELB"}, "Period": 60, "Stat": "Sum"}, "ReturnData": false},
		{"Id": "tasks", "MetricStat": {"Metric": {"Dimensions": [{"Name": "LoadBalancer", "Value": "app/alb/1"}], "MetricName": "HTTPCode_Target_5XX_Count", "Namespace": "AWS/ApplicationELB"}, "Period": 60, "Stat": "Sum"}, "ReturnData": false}
	],
	"Threshold": 1, "TreatMissingData": "notBreaching"
}`

func TestI5_AnAlarmOnMetricMathTakesTheErrorsShare(t *testing.T) {
	t.Parallel()
	a := make1(t, errorsHigh)
	if len(a.Keys()) != 3 {
		t.Fatalf("it reads %v", a.Keys())
	}
	balancer, requests, tasks := a.Keys()[0], a.Keys()[1], a.Keys()[2]
	s := metrics.NewStore()
	if state, _ := a.Evaluate(s, now); state.Value != alarm.OK {
		t.Errorf("without any request it is %+v", state)
	}
	put(s, requests, 100, 100, 19, 100, 100)
	put(s, tasks, 1, 1, 19, nil, 1)
	put(s, balancer, 1, nil, nil, nil, 1)
	if state, _ := a.Evaluate(s, now); state.Value != alarm.OK {
		t.Errorf("2 of 5 minutes breach, and it is %+v", state)
	}
	put(s, balancer, 2)
	put(s, tasks, nil, 1, nil, 0, 0)
	state, changed := a.Evaluate(s, now)
	if !changed || state.Value != alarm.InAlarm || !strings.Contains(state.Reason, "3 out of the last 5 datapoints [4.0 (26/11/26 10:04:00), 2.0 (26/11/26 10:01:00), 2.0 (26/11/26 10:00:00)] were greater than the threshold (1.0)") {
		t.Errorf("3 of 5 minutes breach, and it is %+v", state)
	}
}

func TestI5_AnExpressionMayUseAnother(t *testing.T) {
	t.Parallel()
	a := make1(t, errorsHigh, `{"DatapointsToAlarm": 1, "EvaluationPeriods": 1, "Metrics": [
		{"Id": "watched", "Expression": "half * 2 + m"}, {"Id": "half", "Expression": "m / 2", "ReturnData": "false"},
		{"Id": "m", "ReturnData": false, "MetricStat": {"Metric": {"MetricName": "m", "Namespace": "n"}, "Period": "60", "Stat": "Maximum"}}]}`)
	s := metrics.NewStore()
	put(s, a.Keys()[0], 5)
	if state, _ := a.Evaluate(s, now); state.Value != alarm.InAlarm || !strings.Contains(state.Reason, "[10.0 ") {
		t.Errorf("it is %+v", state)
	}
	make1(t, errorsHigh, `{"Metrics": [{"Id": "m", "MetricStat": {"Metric": {"MetricName": "m", "Namespace": "n"}, "Period": 60, "Stat": "p90"}}]}`)
}
