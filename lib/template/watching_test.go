package template

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestChecklist46_InsightsAreEnhanced(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		_, cluster := e.catalog.one(t, "AWS::ECS::Cluster")
		want(t, "enhanced", byKey(cluster["ClusterSettings"], "Name", "Value", "containerInsights"))
	}
}

// matches is EventBridge's comparison, as far as the rules use it: each field
// of the pattern has one of the values that the event has there.
func matches(pattern, event any) bool {
	switch pattern := pattern.(type) {
	case map[string]any:
		for key, wanted := range pattern {
			if !matches(wanted, in(event, key)) {
				return false
			}
		}
		return true
	case []any:
		values, isList := event.([]any)
		if !isList {
			values = []any{event}
		}
		for _, wanted := range pattern {
			for _, value := range values {
				if wanted == value {
					return true
				}
			}
		}
	}
	return false
}

// events are as AWS documents them ("Amazon ECS events"), shortened to what
// tells them apart; each is for the one rule that is named.
var events = map[string]string{
	`{"source":"aws.ecs","detail-type":"ECS Deployment State Change","resources":["SERVICE"],
	  "detail":{"eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED","deploymentId":"ecs-svc/1"}}`: "rule-deployment-failed",
	`{"source":"aws.ecs","detail-type":"ECS Deployment State Change","resources":["SERVICE"],
	  "detail":{"eventType":"INFO","eventName":"SERVICE_DEPLOYMENT_COMPLETED","deploymentId":"ecs-svc/1"}}`: "",
	`{"source":"aws.ecs","detail-type":"ECS Deployment State Change","resources":["SERVICE-of-others"],
	  "detail":{"eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED","deploymentId":"ecs-svc/1"}}`: "",
	`{"source":"aws.ecs","detail-type":"ECS Service Action","resources":["SERVICE"],
	  "detail":{"eventType":"ERROR","eventName":"SERVICE_TASK_PLACEMENT_FAILURE","clusterArn":"CLUSTER"}}`: "rule-placement-failed",
	`{"source":"aws.ecs","detail-type":"ECS Service Action","resources":["SERVICE"],
	  "detail":{"eventType":"INFO","eventName":"SERVICE_STEADY_STATE","clusterArn":"CLUSTER"}}`: "",
	`{"source":"aws.ecs","detail-type":"ECS Task State Change","resources":["TASK"],
	  "detail":{"clusterArn":"CLUSTER","lastStatus":"STOPPED","stopCode":"SpotInterruption"}}`: "rule-spot-interruption",
	`{"source":"aws.ecs","detail-type":"ECS Task State Change","resources":["TASK"],
	  "detail":{"clusterArn":"CLUSTER","lastStatus":"STOPPED","stopCode":"ServiceSchedulerInitiated"}}`: "",
	`{"source":"aws.ecs","detail-type":"ECS Task State Change","resources":["TASK"],
	  "detail":{"clusterArn":"CLUSTER-of-others","lastStatus":"STOPPED","stopCode":"SpotInterruption"}}`: "",
}

// TestChecklist11_EventsReachTheOperators: the rules take the events that
// matter, those of this environment alone, and hand them to the topic.
func TestChecklist11_EventsReachTheOperators(t *testing.T) {
	t.Parallel()
	for _, e := range environments {
		topic, _ := e.catalog.one(t, "AWS::SNS::Topic")
		rules := e.catalog.all("AWS::Events::Rule")
		arns := strings.NewReplacer(
			"SERVICE\"", "arn:aws:ecs:ap-southeast-2:123456789012:service/cluster-catalog-"+e.suffix+"/service-catalog-"+e.suffix+"\"",
			"CLUSTER", "arn:aws:ecs:ap-southeast-2:123456789012:cluster/cluster-catalog-"+e.suffix)
		for text, wanted := range events {
			var event any
			if err := json.Unmarshal([]byte(arns.Replace(text)), &event); err != nil {
				t.Fatal(err)
			}
			taken := ""
			for _, rule := range rules {
				if matches(rendered(rule["EventPattern"]), event) {
					taken += strings.TrimSuffix(rule["Name"].(string), "-"+e.suffix)
				}
			}
			if taken != wanted {
				t.Errorf("%s is taken by %q, want %q", asJSON(event), taken, wanted)
			}
		}
		for _, rule := range rules {
			want(t, "ENABLED", rule, "State")
			want(t, ref(topic), rule, "Targets", 0, "Arn")
		}
	}
}

// widgets are those of the dashboard.
func widgets(t *testing.T, tmpl template) []any {
	t.Helper()
	_, dashboard := tmpl.one(t, "AWS::CloudWatch::Dashboard")
	var body any
	if err := json.Unmarshal([]byte(rendered(dashboard["DashboardBody"]).(string)), &body); err != nil {
		t.Fatal(err)
	}
	return in(body, "widgets").([]any)
}

// TestChecklist49_DashboardShowsTheWholeSystem (O5).
func TestChecklist49_DashboardShowsTheWholeSystem(t *testing.T) {
	t.Parallel()
	for name, e := range environments {
		shown, states, query := map[string]bool{}, 0, ""
		target := any(nil)
		for _, widget := range widgets(t, e.catalog) {
			if text, ok := in(widget, "properties", "query").(string); ok {
				query = text
			}
			if alarms, ok := in(widget, "properties", "alarms").([]any); ok {
				states = len(alarms)
			}
			metrics, _ := in(widget, "properties", "metrics").([]any)
			for _, metric := range metrics {
				shown[in(metric, 0).(string)+" "+in(metric, 1).(string)] = true
				if strings.Contains(asJSON(metric), `"Spot"`) {
					shown["tasks on Spot"] = true
				}
				if in(metric, 1) == "CPUUtilization" && in(metric, 0) == "AWS/ECS" {
					target = in(widget, "properties", "annotations", "horizontal", 0, "value")
				}
			}
		}
		for _, wanted := range []string{
			"AWS/ApplicationELB RequestCount", "AWS/ApplicationELB HTTPCode_Target_5XX_Count", "AWS/ApplicationELB HTTPCode_ELB_5XX_Count",
			"AWS/ApplicationELB TargetResponseTime", "AWS/ApplicationELB HealthyHostCount", "AWS/ECS CPUUtilization", "AWS/ECS MemoryUtilization",
			"ECS/ContainerInsights RunningTaskCount", "ECS/ContainerInsights DesiredTaskCount", "AWS/Usage ResourceCount", "tasks on Spot",
			"AWS/RDS CPUUtilization", "AWS/RDS ACUUtilization", "AWS/RDS DatabaseConnections", "AWS/RDS AuroraReplicaLagMaximum",
			"Catalog DurationP99", "Catalog PoolInUse", "Catalog PoolWaits", "Catalog HeapBytes",
		} {
			if !shown[wanted] {
				t.Errorf("%s: the dashboard does not show %s", name, wanted)
			}
		}
		want(t, 70, target)
		if alarms := len(alarmsOf(e)); states != alarms {
			t.Errorf("%s: the dashboard shows the state of %d alarms of %d", name, states, alarms)
		}
		if !strings.Contains(query, "SOURCE 'logs-api-"+e.suffix+"'") || !strings.Contains(query, "ERROR") {
			t.Errorf("%s: the dashboard's query for errors is %q", name, query)
		}
	}
}

// TestChecklist51_TracesAreGroupedAndSampled by the name that the API has.
func TestChecklist51_TracesAreGroupedAndSampled(t *testing.T) {
	t.Parallel()
	service := byKey(container(t, "api")["Environment"], "Name", "Value", "OTEL_SERVICE_NAME").(string)
	_, group := catalogTemplate.one(t, "AWS::XRay::Group")
	want(t, "traces-catalog-pr-42", group, "GroupName")
	if filter := group["FilterExpression"].(string); !strings.Contains(filter, `service("`+service+`")`) {
		t.Errorf("the group shows %s, the API is called %s", filter, service)
	}
	_, rule := catalogTemplate.one(t, "AWS::XRay::SamplingRule")
	want(t, service, rule, "SamplingRule", "ServiceName")
	want(t, 0.05, rule, "SamplingRule", "FixedRate")
	want(t, 1, rule, "SamplingRule", "ReservoirSize")
}
