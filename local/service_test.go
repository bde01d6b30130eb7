package local

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// otherThan says whether two tasks run and are healthy, the lost one not
// among them.
func otherThan(lost string) func(Status) bool {
	return func(status Status) bool {
		tasks := status.Services[0].Tasks
		healthy := 0
		for _, task := range tasks {
			if task.Status == taskRunning && task.Health == targetHealthy {
				healthy++
			}
		}
		return healthy == 2 && !slices.ContainsFunc(tasks, func(task TaskStatus) bool { return task.ID == lost })
	}
}

func TestS2_KilledTaskIsReplaced(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	lost := e.Status().Services[0].Tasks[0]
	if err := syscall.Kill(lost.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	status := p.awaitStatus(t, e, "two healthy tasks without the lost one", otherThan(lost.ID))
	for _, task := range status.Services[0].Tasks {
		if task.PID == lost.PID || task.Address == lost.Address {
			t.Errorf("the replacement is %+v", task)
		}
	}
	stopped := p.eventsOf(TaskStopped)
	if len(stopped) != 1 || stopped[0].Detail != "essential container api was ended by signal 9 (code 137)" {
		t.Errorf("the events are %+v", stopped)
	}
	if got := status.TargetGroups[0].Targets; len(got) != 2 {
		t.Errorf("the targets are %+v, want the two that run", got)
	}
	for range 4 {
		if code, _ := p.ask(t, e, http.MethodGet, "/health"); code != 200 {
			t.Errorf("it answers %d", code)
		}
	}
}

// fastChecks checks targets faster than CloudFormation allows, for tests that
// wait for a failed check.
func fastChecks() edits {
	return edits{"Resources.Blue.Properties.HealthCheckIntervalSeconds": `0.1`}
}

func TestS2_S3_TaskWhoseTargetFailsItsHealthCheckIsReplaced(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	changes := fastChecks()
	changes["Resources.Service.Properties.HealthCheckGracePeriodSeconds"] = `4` // a busy machine starts slowly
	e := p.up(t, changes)
	sick := e.Status().Services[0].Tasks[0]
	if code, _ := p.fetch(t, http.MethodPost, "http://"+sick.Address+"/api/sicken"); code != 200 {
		t.Fatal("the task does not want to be sick:", code)
	}
	p.awaitStatus(t, e, "two healthy tasks without the sick one", otherThan(sick.ID))
	const why = "its target failed the load balancer's health check"
	if got := p.eventsOf(TaskReplaced); len(got) != 1 || got[0].Detail != why || got[0].ID != "service-test/"+sick.ID[:8] {
		t.Errorf("the events are %+v", got)
	}
	if got := p.eventsOf(TaskStopped); len(got) != 1 || got[0].Detail != why {
		t.Errorf("it stopped with %+v, want the reason", got)
	}
}

func TestS2_TaskWhoseContainerFailsItsHealthCheckIsReplaced(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{
		api + "HealthCheck": `{"Command": ["CMD", "/workload", "healthcheck"], "Interval": 0.1, "Retries": 2, "Timeout": 5}`,
		// The load balancer does not see it.
		"Resources.Blue.Properties.HealthCheckPath": `"/api/pid"`,
	})
	sick := e.Status().Services[0].Tasks[0]
	if code, _ := p.fetch(t, http.MethodPost, "http://"+sick.Address+"/api/sicken"); code != 200 {
		t.Fatal("the task does not want to be sick:", code)
	}
	p.awaitStatus(t, e, "two healthy tasks without the sick one", otherThan(sick.ID))
	if got := p.eventsOf(TaskStopped); len(got) != 1 || got[0].Detail != "container api failed its health check" {
		t.Errorf("it stopped with %+v", got)
	}
}

// A health check that hangs ends with its container, not with its timeout.
func TestG7_AHangingHealthCheckIsNotLeft(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	file := filepath.Join(t.TempDir(), "pid")
	e := p.up(t, edits{
		"Resources.Service.Properties.DesiredCount": `1`,
		api + "HealthCheck":                         `{"Command": ["CMD", "/workload", "hang", ` + strconv.Quote(file) + `], "Interval": 0.05, "Timeout": 60}`,
	})
	var pid int
	p.awaitStatus(t, e, "the health check runs", func(Status) bool {
		content, _ := os.ReadFile(file)
		pid, _ = strconv.Atoi(string(content))
		return pid != 0
	})
	p.down(t, e)
	p.awaitStatus(t, e, "the health check is gone", func(Status) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
}

// withInit puts a container in front of the service's, which waits for it.
func withInit(command string) edits {
	return edits{
		api + "DependsOn": `[{"ContainerName": "migrate", "Condition": "SUCCESS"}]`,
		"Resources.Task.Properties.ContainerDefinitions.1": `{"Name": "migrate", "Essential": false, "Command": ` + command + `,
			"Image": "000000000000.dkr.ecr/workload@sha256:0123",
			"LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": {"Ref": "Logs"}, "awslogs-stream-prefix": "migrate"}}}`,
	}
}

func TestInitContainerComesFirst(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	marker := filepath.Join(t.TempDir(), "migrated")
	changes := withInit(`["write", ` + strconv.Quote(marker) + `, "done"]`)
	changes[api+"Environment"] = `[{"Name": "NEEDS", "Value": ` + strconv.Quote(marker) + `}]`
	e := p.up(t, changes) // the service ends with 4 where the file is missing
	if got := p.eventsOf(TaskStopped); len(got) != 0 {
		t.Errorf("tasks ended: %+v", got)
	}
	if got := e.Status().Services[0].Running; got != 2 {
		t.Errorf("%d tasks run: an init container that has ended is no failure", got)
	}
}

func TestInitContainersFailureIsTheError(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.fail(t, withInit(`["fail", "3", "relation products does not exist"]`),
		"Service (AWS::ECS::Service): 3 tasks in a row failed to start: container api waits for migrate to be SUCCESS: it ended with code 3: relation products does not exist")
	if got := texts(t, NewLogReader(p.options.StateDir)); !slices.Contains(got, "relation products does not exist") || slices.Contains(got, "serving") {
		t.Errorf("the logs are %q: want the failure, and the service never started", got)
	}
}

// ECS's deployment circuit breaker: a start that cannot succeed ends.
func TestCircuitBreakerTripsWithTheReason(t *testing.T) {
	t.Parallel()
	sickTarget := fastChecks()
	sickTarget[api+"Command"] = `["sick"]`
	for name, c := range map[string]struct {
		changes edits
		want    string
	}{
		"a task that ends":       {edits{api + "Command": `["fail", "5", "no configuration"]`}, "essential container api ended with code 5: no configuration"},
		"a program that is none": {edits{api + "EntryPoint": `["/nothing"]`}, "container api: "},
		"a target that is sick":  {sickTarget, "its target failed the load balancer's health check"},
		"a container that is sick": {
			edits{
				api + "Command":     `["sick"]`,
				api + "HealthCheck": `{"Command": ["CMD", "/workload", "healthcheck"], "Interval": 0.05, "Retries": 2, "Timeout": 5}`,
			}, "container api failed its health check",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.fail(t, c.changes, "stack stack-catalog-test: Service (AWS::ECS::Service): ", "tasks in a row failed to start: ", c.want)
		})
	}
}

func TestImagesThatAreNotOnThisMachine(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.fail(t, edits{api + "Image": `"elsewhere/image:1"`}, "container api: the image elsewhere/image:1 is not on this machine, and the task cannot do without it")

	other := newPlace(t) // a sidecar that is not essential, as the tracing one
	e := other.up(t, edits{
		"Resources.Task.Properties.ContainerDefinitions.1": `{"Name": "otel", "Essential": false, "Image": "aws/otel:1"}`,
		api + "DependsOn": `[{"ContainerName": "otel", "Condition": "START"}]`,
	})
	if got := other.eventsOf(NotRun); len(got) != 1 || got[0].ID != "Task/otel" || !strings.Contains(got[0].Detail, "aws/otel:1") {
		t.Errorf("the events are %+v", got)
	}
	if got := e.Status().Services[0].Running; got != 2 {
		t.Errorf("%d tasks run, want 2", got)
	}
}

// A service that is created before the cluster has its capacity providers
// fails on AWS too.
func TestC1_TheServiceDependsOnTheAssociation(t *testing.T) {
	t.Parallel()
	newPlace(t).fail(t, edits{
		"Resources.Providers.DependsOn": `"Service"`, "Resources.Service.DependsOn": `["Rule"]`,
	}, "Service (AWS::ECS::Service): its strategy names the capacity provider FARGATE_SPOT, which the cluster does not have: make the service depend on the association")
}
