package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"catalog/local"
	"catalog/local/traces"
)

func cannedStatus(now time.Time) local.Status {
	task := func(id, zone, provider, group string, revision int) local.TaskStatus {
		one := local.TaskStatus{
			ID: id, Status: "RUNNING", Health: "healthy", PID: 4711, Address: "127.0.0.1:40001", Launched: now.Add(-time.Hour),
			Group: group, Revision: revision, CPU: 72.5, Memory: 30, ContainerHealth: "HEALTHY",
		}
		one.Zone, one.Provider = zone, provider
		return one
	}
	sick := task("fedcba9876543210", "ap-southeast-2b", "FARGATE", "tg-green-dev", 7)
	sick.ContainerHealth = "UNHEALTHY"
	return local.Status{
		Started: now.Add(-time.Hour), Outputs: map[string]string{"ApiUrl": "http://127.0.0.1:8080"},
		Services: []local.ServiceStatus{{
			Name: "service-catalog-dev", Desired: 2, Running: 2,
			Tasks: []local.TaskStatus{task("0123456789abcdef", "ap-southeast-2a", "FARGATE_SPOT", "tg-blue-dev", 6), sick},
			Deployments: []local.DeploymentStatus{
				{ID: "ecs-svc-2", Status: "IN_PROGRESS", Stage: "BAKE_TIME", Started: now.Add(-time.Minute), Source: "catalog-dev:6", Target: "catalog-dev:7", SourceGroup: "tg-blue-dev", TargetGroup: "tg-green-dev"},
				{ID: "ecs-svc-1", Status: "SUCCESSFUL", Stage: "PRODUCTION_TRAFFIC_SHIFT", Started: now.Add(-time.Hour), Finished: now.Add(-time.Hour), Target: "catalog-dev:6", TargetGroup: "tg-blue-dev"},
			},
		}},
		Listeners: []local.ListenerStatus{{Name: "alb-catalog-dev", Port: 443, Address: "127.0.0.1:8080"}},
		TargetGroups: []local.TargetGroupStatus{
			{Name: "tg-blue-dev", Weights: map[int]int{8080: 90}, Targets: []local.TargetStatus{{Address: "127.0.0.1:40001", Health: "healthy"}}},
			{Name: "tg-green-dev", Weights: map[int]int{8080: 10}, Targets: []local.TargetStatus{{Address: "127.0.0.1:40002", Health: "draining"}}},
		},
		Databases: []local.DatabaseStatus{{Name: "db-catalog-dev", Port: 5432, PID: 4712}},
		Resources: []local.ResourceStatus{{Stack: "stack-catalog-dev", ID: "Role", Type: "AWS::IAM::Role", Status: "RECORDED"}},
		Alarms: []local.AlarmStatus{
			{Name: "alarm-cpu-high-dev", State: "ALARM", Reason: "3 of 3 datapoints were above 80", Since: now, Description: "More than 80 % CPU", Runbook: "docs/runbooks/cpu-high.md"},
			{Name: "alarm-tasks-low-dev", State: "OK", Since: now},
		},
		Notifications: []local.Notification{{Time: now, Topic: "topic-alarms-dev", Subject: "ALARM: alarm-cpu-high-dev", Message: "<b>hot</b>"}},
		Events: []local.Event{
			{Time: now, Stack: "stack-catalog-dev", ID: "Vpc", Type: "AWS::EC2::VPC", Status: "RECORDED"},
			{Time: now, Stack: "stack-catalog-dev", ID: "Vpc", Type: "AWS::EC2::VPC", Status: "CREATE_COMPLETE", Took: 1500 * time.Millisecond},
			{Time: now, Stack: "stack-catalog-dev", ID: "Service", Type: "AWS::ECS::Service", Status: "TASK_STOPPED", Detail: "out of memory"},
		},
	}
}

// cannedTraces receives one trace as the API sends it.
func cannedTraces(t *testing.T) *traces.Store {
	t.Helper()
	r, err := traces.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	span := func(id, parent, name string, kind int, from, to int, more string) string {
		base := time.Now().Add(-time.Minute).Truncate(time.Second)
		at := func(ms int) int64 { return base.Add(time.Duration(ms) * time.Millisecond).UnixNano() }
		return fmt.Sprintf(`{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":%q,"kind":%d,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"%s}`,
			strings.ReplaceAll(exampleTrace[2:], "-", ""), id, parent, name, kind, at(from), at(to), more)
	}
	text := func(key, value string) string {
		return fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, key, value)
	}
	body := `{"resourceSpans":[{"resource":{"attributes":[` + text("service.name", "catalog-dev") + `]},"scopeSpans":[{"spans":[` + strings.Join([]string{
		span("00000000000000a1", "", "GET /api/products", 2, 0, 200, `,"attributes":[`+text("http.request.method", "GET")+","+text("url.path", "/api/products")+","+
			text("http.response.status_code", "503")+","+text("http.request.header.authorization", "hunter2")+`]`),
		span("00000000000000b2", "00000000000000a1", "SELECT products", 3, 50, 150, `,"attributes":[`+text("db.query.summary", "SELECT products")+`],"status":{"code":2,"message":"connection refused"}`),
		span("00000000000000c3", "00000000000000b2", "connect", 1, 60, 140, ""),
	}, ",") + `]}]}]}`
	response, err := http.Post(r.OTLPEndpoint()+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if kept, _ := r.Store().Len(); kept != 1 {
		t.Fatalf("%d traces are kept", kept)
	}
	return r.Store()
}
