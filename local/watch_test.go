package local

import (
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"catalog/local/alarm"
	"catalog/local/metrics"
)

// watched is a stack with an alarm that undoes a deployment, a scaling policy
// and a topic, as lib's.
func watchedStack() edits {
	return blueGreenStack(edits{
		"Resources.Topic": `{"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "topic-alarms-test"}}`,
		"Resources.Alarm": `{"Type": "AWS::CloudWatch::Alarm", "Properties": {
			"AlarmName": "alarm-errors-high-test", "AlarmDescription": "Errors. Runbook: docs/runbooks/errors-high.md",
			"Namespace": "AWS/ApplicationELB", "MetricName": "HTTPCode_Target_5XX_Count", "Statistic": "Sum", "Period": 60,
			"Dimensions": [{"Name": "LoadBalancer", "Value": {"Fn::GetAtt": ["Balancer", "LoadBalancerFullName"]}}],
			"ComparisonOperator": "GreaterThanThreshold", "Threshold": 10, "EvaluationPeriods": 2, "DatapointsToAlarm": 2,
			"TreatMissingData": "notBreaching", "AlarmActions": [{"Ref": "Topic"}], "OKActions": [{"Ref": "Topic"}]}}`,
		"Resources.Service.Properties.DeploymentConfiguration": `{"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 60,
			"Alarms": {"AlarmNames": ["alarm-errors-high-test"], "Enable": true, "Rollback": true}}`,
		"Resources.Service.DependsOn":   `["Providers", "Rule", "TestRule", "Alarm"]`,
		"Resources.Task.Properties.Cpu": `"256"`, "Resources.Task.Properties.Memory": `"512"`,
		"Resources.Scaling": `{"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": {
			"MinCapacity": 2, "MaxCapacity": 4, "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs",
			"ResourceId": {"Fn::Join": ["", ["service/", {"Ref": "Cluster"}, "/", {"Fn::GetAtt": ["Service", "Name"]}]]}}}`,
		"Resources.Policy": `{"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {
			"PolicyName": "scaling-cpu-test", "PolicyType": "TargetTrackingScaling", "ScalingTargetId": {"Ref": "Scaling"},
			"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70, "ScaleInCooldown": 60, "ScaleOutCooldown": 60,
				"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}}}`,
	})
}

// past puts a value into each of the last minutes that are over.
func (e *Environment) past(key metrics.Key, minutes int, value float64) {
	for i := range minutes {
		e.metrics.Put(key, time.Now().Add(-time.Duration(i+1)*time.Minute), value)
	}
}

// L3, checklist 5: an alarm that goes off while green bakes brings blue back.
func TestL3_AnAlarmRollsADeploymentBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, watchedStack())
	s := p.stream(t, e)
	updated := make(chan error, 1)
	changes := watchedStack()
	changes[api+"Environment"] = `[{"Name": "VERSION", "Value": "2"}]`
	go func() { updated <- p.update(t, e, changes) }()
	p.awaitStatus(t, e, "the deployment bakes", func(s Status) bool { return s.Services[0].Deployments[0].Stage == StageBakeTime })
	e.past(metrics.NewKey("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", map[string]string{"LoadBalancer": "app/alb-test/local"}), 2, 50)
	e.evaluateAlarms(time.Now())
	wantError(t, <-updated, "the deployment was rolled back: it went into ALARM: alarm-errors-high-test")
	s.end(t, 2)
	p.assertServes(t, e, 1)
	status := e.Status()
	i := slices.IndexFunc(status.Alarms, func(a AlarmStatus) bool { return a.Name == "alarm-errors-high-test" })
	if i < 0 || status.Alarms[i].State != alarm.InAlarm || status.Alarms[i].Runbook != "docs/runbooks/errors-high.md" {
		t.Errorf("the alarms are %+v", status.Alarms)
	}
	if !slices.ContainsFunc(status.Notifications, func(n Notification) bool {
		return n.Topic == "topic-alarms-test" && n.Subject == "ALARM: alarm-errors-high-test" && strings.Contains(n.Message, "Threshold Crossed")
	}) {
		t.Errorf("the notifications are %+v", status.Notifications)
	}
}

// A1, A3: the policy's CPU alarms change how many tasks run.
func TestA1_A3_TheServiceFollowsItsCPU(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, watchedStack())
	cpu := all[*service](e)[0].metric("AWS/ECS", "CPUUtilization")
	e.past(cpu, 3, 100)
	e.scale(time.Now())
	status := p.awaitStatus(t, e, "three tasks serve", func(s Status) bool { return s.Services[0].Running == 3 && servingTargets(e) == 3 })
	if got := p.eventsOf(Scaled); len(got) != 1 || !strings.Contains(got[0].Detail, "from 2 to 3 tasks") {
		t.Errorf("the events are %+v: 2 tasks at 100 %% need 3 at 70 %%", got)
	}
	names := ""
	for _, a := range status.Alarms {
		names += a.Name + " "
	}
	if !strings.Contains(names, "TargetTracking-service/cluster-test/service-test-AlarmHigh-") || !strings.Contains(names, "-AlarmLow-") {
		t.Errorf("the alarms are %s, want the two that the policy derives", names)
	}
}

// A1: CPU and memory are the processes' own, against the reservation.
func TestA1_CPUIsMeasuredAgainstTheReservation(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what processes use is read on Linux alone")
	}
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, watchedStack())
	e.sample(time.Now())
	for range 4 {
		if code, _ := p.ask(t, e, http.MethodGet, "/api/burn"); code != 200 {
			t.Fatal(code)
		}
	}
	time.Sleep(10 * time.Millisecond) // the second look comes later than the first
	e.sample(time.Now())
	for _, task := range e.Status().Services[0].Tasks {
		if task.CPU < 5 || task.Memory <= 0 {
			t.Errorf("task %s uses %.1f %% CPU and %.1f %% memory", task.ID, task.CPU, task.Memory)
		}
	}
	now := time.Now()
	for key, stat := range map[metrics.Key]string{
		all[*service](e)[0].metric("AWS/ECS", "CPUUtilization"):                                                                                        "Average",
		all[*service](e)[0].metric("ECS/ContainerInsights", "RunningTaskCount"):                                                                        "Minimum",
		metrics.NewKey("AWS/ApplicationELB", "RequestCount", map[string]string{"LoadBalancer": "app/alb-test/local"}):                                  "Sum",
		metrics.NewKey("AWS/ApplicationELB", "TargetResponseTime", map[string]string{"LoadBalancer": "app/alb-test/local"}):                            "p99",
		metrics.NewKey("AWS/Usage", "ResourceCount", map[string]string{"Service": "Fargate", "Type": "Resource", "Resource": "Spot", "Class": "None"}): "Average",
	} {
		if got := e.Metrics().Query(key, stat, time.Minute, now.Add(-2*time.Minute), now.Add(time.Minute)); len(got) == 0 || got[0].Value <= 0 {
			t.Errorf("%s %s has %v", key, stat, got)
		}
	}
}

// A container that takes more than its hard limit ends, as on Fargate.
func TestI5_AContainerOverItsMemoryLimitIsKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what processes use is read on Linux alone")
	}
	t.Parallel()
	p := newPlace(t)
	changes := watchedStack()
	changes[api+"Memory"] = `1`
	e := p.up(t, changes)
	e.sample(time.Now())
	p.awaitStatus(t, e, "a task was killed", func(Status) bool { return len(p.eventsOf(TaskStopped)) > 0 })
	if got := p.eventsOf(TaskStopped)[0].Detail; !strings.Contains(got, "OutOfMemoryError: Container killed due to memory usage") {
		t.Errorf("it stopped with %q", got)
	}
}
