package template

import (
	"testing"
)

func TestO3_AlarmOnCPUAbove80Percent(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		alarm := alarmsOf(e)["cpu-high"]
		want(t, "CPUUtilization", alarm, "MetricName")
		want(t, "AWS/ECS", alarm, "Namespace")
		want(t, "GreaterThanThreshold", alarm, "ComparisonOperator")
		want(t, 80, alarm, "Threshold")
		want(t, "service-catalog-"+e.suffix, byKey(alarm["Dimensions"], "Name", "Value", "ServiceName"))
		want(t, "cluster-catalog-"+e.suffix, byKey(alarm["Dimensions"], "Name", "Value", "ClusterName"))
	}
}

// TestO4_AlarmOnFewerThanTwoTasks: no count at all is no sign of health.
func TestO4_AlarmOnFewerThanTwoTasks(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		alarm := alarmsOf(e)["tasks-low"]
		want(t, "RunningTaskCount", alarm, "MetricName")
		want(t, "ECS/ContainerInsights", alarm, "Namespace")
		want(t, "Minimum", alarm, "Statistic")
		want(t, "LessThanThreshold", alarm, "ComparisonOperator")
		want(t, 2, alarm, "Threshold")
		want(t, "breaching", alarm, "TreatMissingData")
		want(t, "service-catalog-"+e.suffix, byKey(alarm["Dimensions"], "Name", "Value", "ServiceName"))
	}
}

// TestChecklist47_AlarmsAreComplete: what an operator must hear of.
func TestChecklist47_AlarmsAreComplete(t *testing.T) {
	t.Parallel()
	metrics := map[string]string{
		"cpu-high": "CPUUtilization", "tasks-low": "RunningTaskCount", "latency-high": "TargetResponseTime",
		"hosts-unhealthy-blue": "UnHealthyHostCount", "hosts-unhealthy-green": "UnHealthyHostCount",
		"database-cpu-high": "CPUUtilization", "database-connections-high": "DatabaseConnections",
		"database-capacity-high": "ACUUtilization", "database-replica-lag-high": "AuroraReplicaLagMaximum",
	}
	alarms := alarmsOf(dev)
	for name, metric := range metrics {
		want(t, metric, alarms[name], "MetricName")
	}
	want(t, "p99", alarms["latency-high"], "ExtendedStatistic")
	want(t, 1, alarms["latency-high"], "Threshold")
	for name, alarm := range alarms {
		if metrics[name] == "" && name != "errors-high" {
			t.Errorf("no test knows the alarm %s", name)
		}
		want(t, true, alarm["ActionsEnabled"] != false)
	}
	for _, name := range []string{"database-cpu-high", "database-connections-high", "database-capacity-high", "database-replica-lag-high"} {
		want(t, "db-catalog-pr-42", byKey(alarms[name]["Dimensions"], "Name", "Value", "DBClusterIdentifier"))
	}
}

// TestChecklist47_ErrorsAreARatio: of all requests, the tasks' 5xx and the
// load balancer's own, and not in a minute with hardly a request.
func TestChecklist47_ErrorsAreARatio(t *testing.T) {
	t.Parallel()
	sums := map[string]bool{}
	expression := ""
	for _, metric := range alarmsOf(dev)["errors-high"]["Metrics"].([]any) {
		if text, ok := in(metric, "Expression").(string); ok {
			expression = text
			want(t, true, metric, "ReturnData")
			continue
		}
		want(t, "Sum", metric, "MetricStat", "Stat")
		sums[in(metric, "MetricStat", "Metric", "MetricName").(string)] = true
	}
	want(t, map[string]bool{"RequestCount": true, "HTTPCode_Target_5XX_Count": true, "HTTPCode_ELB_5XX_Count": true}, asValue(t, sums))
	want(t, "IF(FILL(requests, 0) >= 20, 100 * (FILL(tasks, 0) + FILL(balancer, 0)) / requests, 0)", expression)
}

// TestChecklist47_BothColoursAreWatched: either may serve.
func TestChecklist47_BothColoursAreWatched(t *testing.T) {
	t.Parallel()
	for id, group := range catalogTemplate.all("AWS::ElasticLoadBalancingV2::TargetGroup") {
		colour := map[any]string{"tg-blue-pr-42": "blue", "tg-green-pr-42": "green"}[group["Name"]]
		alarm := alarmsOf(dev)["hosts-unhealthy-"+colour]
		want(t, attribute(id, "TargetGroupFullName"), byKey(alarm["Dimensions"], "Name", "Value", "TargetGroup"))
		want(t, 0, alarm, "Threshold")
	}
}

// TestChecklist48_EveryAlarmTellsTheTopic: when it goes off and when it is
// over, and each says what a period without data is.
func TestChecklist48_EveryAlarmTellsTheTopic(t *testing.T) {
	t.Parallel()
	for name, e := range environments {
		topic, _ := e.catalog.one(t, "AWS::SNS::Topic")
		for id, alarm := range e.catalog.all("AWS::CloudWatch::Alarm") {
			want(t, []any{ref(topic)}, alarm, "AlarmActions")
			want(t, []any{ref(topic)}, alarm, "OKActions")
			if alarm["TreatMissingData"] == nil {
				t.Errorf("%s: %s does not say what missing data is", name, id)
			}
		}
	}
}

// TestChecklist48_SubscriptionOnlyWhenAsked, to the topic.
func TestChecklist48_SubscriptionOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	if n := len(dev.catalog.all("AWS::SNS::Subscription")); n != 0 {
		t.Errorf("dev has %d subscriptions without an address", n)
	}
	topic, _ := prod.catalog.one(t, "AWS::SNS::Topic")
	_, subscription := prod.catalog.one(t, "AWS::SNS::Subscription")
	want(t, ref(topic), subscription, "TopicArn")
	want(t, "email", subscription, "Protocol")
	want(t, "operators@example.com", subscription, "Endpoint")
}
