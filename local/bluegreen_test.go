package local

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// blueGreenStack makes the service of webStack one that is deployed as lib's is:
// with a test listener, an alternate target group and no bake time.
func blueGreenStack(changes edits) edits {
	const group = `{"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {
		"Name": "tg-green-test", "HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 30, "HealthyThresholdCount": 2,
		"UnhealthyThresholdCount": 2, "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]}}`
	all := edits{
		"Resources.Green": group,
		"Resources.TestListener": `{"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {
			"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 9000, "Protocol": "HTTP",
			"DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]}}`,
		"Resources.TestRule": `{"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {
			"ListenerArn": {"Ref": "TestListener"}, "Priority": 10,
			"Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
			"Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [
				{"TargetGroupArn": {"Ref": "Blue"}, "Weight": 0}, {"TargetGroupArn": {"Ref": "Green"}, "Weight": 100}]}}]}}`,
		"Resources.Service.Properties.LoadBalancers.0.AdvancedConfiguration": `{"AlternateTargetGroupArn": {"Ref": "Green"},
			"ProductionListenerRule": {"Ref": "Rule"}, "TestListenerRule": {"Ref": "TestRule"}}`,
		"Resources.Service.Properties.DeploymentConfiguration": `{"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 0,
			"MinimumHealthyPercent": 100, "MaximumPercent": 200, "DeploymentCircuitBreaker": {"Enable": true, "Rollback": true}}`,
	}
	maps.Copy(all, changes)
	return all
}

// version gives the tasks another environment, and so a new task definition.
func version(v string) edits {
	return edits{api + "Environment": `[{"Name": "VERSION", "Value": "` + v + `"}]`}
}

// update brings another template to a running environment.
func (p *place) update(t *testing.T, e *Environment, changes edits) error {
	t.Helper()
	return e.Update(t.Context(), Release{
		Assembly: webAssembly(t, changes), Parameters: map[string]string{"InitialDeployment": "false"},
	})
}

// stagesOf are what the deployments went through, in order.
func (p *place) stagesOf() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var stages []string
	for _, e := range p.events {
		if e.Type == "deployment" {
			stages = append(stages, e.Status)
		}
	}
	return stages
}

func TestL3_ABlueGreenDeploymentFailsNoRequest(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, blueGreenStack(nil))
	s := p.stream(t, e)
	for _, v := range []string{"2", "3"} { // to green, and to blue again
		if err := p.update(t, e, blueGreenStack(version(v))); err != nil {
			t.Fatal(err)
		}
	}
	s.end(t, 2)
	status := e.Status()
	for _, task := range status.Services[0].Tasks {
		if task.Revision != 3 || task.Group != "tg-blue-test" {
			t.Errorf("task of revision %d in %s runs, want the third alone, in blue", task.Revision, task.Group)
		}
	}
	if status.Services[0].Running != 2 {
		t.Errorf("%d tasks run, want 2", status.Services[0].Running)
	}
	want := []string{
		StageScaleUp, StagePostScaleUp, DeploymentSuccessful, // the first one
		StageScaleUp, StagePostScaleUp, StageTestShift, StagePostTestShift, StageProductionShift, StagePostProductionShift,
		StageBakeTime, StageCleanUp, DeploymentSuccessful,
	}
	if got := p.stagesOf(); !slices.Equal(got[:len(want)], want) {
		t.Errorf("the stages are %q, want %q", got, want)
	}
}

// Green is offered on the test listener before it takes the traffic.
func TestL3_TheTestListenerLeadsToGreen(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	hour := time.Hour
	p.options.BakeTime = &hour
	e := p.up(t, blueGreenStack(nil))
	updated := make(chan error, 1)
	go func() { updated <- p.update(t, e, blueGreenStack(version("2"))) }()
	status := p.awaitStatus(t, e, "the deployment bakes", func(s Status) bool {
		d := s.Services[0].Deployments[0]
		return d.Stage == StageBakeTime && d.Status == DeploymentInProgress
	})
	pids := map[string]string{}
	for _, task := range status.Services[0].Tasks {
		pids[plain(task.PID)] = task.Group
	}
	for _, l := range status.Listeners {
		_, pid := p.fetch(t, http.MethodGet, "http://"+l.Address+"/api/pid")
		if pids[pid] != "tg-green-test" {
			t.Errorf("the listener on %d leads to %q, want green", l.Port, pids[pid])
		}
	}
	if len(status.Services[0].Tasks) != 4 {
		t.Errorf("%d tasks run, want both colours", len(status.Services[0].Tasks))
	}
	if err := e.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	wantError(t, <-updated, "Service (AWS::ECS::Service): the deployment was rolled back: an operator asked for the roll-back")
	p.assertServes(t, e, 1)
}

// assertServes holds what runs: two tasks of a revision and no other.
func (p *place) assertServes(t *testing.T, e *Environment, revision int) {
	t.Helper()
	status := e.Status()
	for _, task := range status.Services[0].Tasks {
		if task.Revision != revision || task.Status != taskRunning {
			t.Errorf("a task of revision %d is %s, want %d alone", task.Revision, task.Status, revision)
		}
	}
	if status.Services[0].Running != 2 {
		t.Errorf("%d tasks run, want 2", status.Services[0].Running)
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/api/pid"); code != http.StatusOK {
		t.Errorf("it answers %d", code)
	}
}

func TestL3_ARollbackUnderLoadFailsNoRequest(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	hour := time.Hour
	p.options.BakeTime = &hour
	e := p.up(t, blueGreenStack(nil))
	s := p.stream(t, e)
	updated := make(chan error, 1)
	go func() { updated <- p.update(t, e, blueGreenStack(version("2"))) }()
	p.awaitStatus(t, e, "the deployment bakes", func(s Status) bool { return s.Services[0].Deployments[0].Stage == StageBakeTime })
	if err := e.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	wantError(t, <-updated, "rolled back")
	s.end(t, 2)
	p.assertServes(t, e, 1)
	if got := e.Status().Services[0].Deployments[0]; got.Status != DeploymentRollbackSuccessful {
		t.Errorf("the deployment is %+v", got)
	}
}

func TestL3_ABadImageNeverTakesTraffic(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]edits{
		"it ends":   {api + "Command": `["fail", "5", "no such table"]`},
		"it is ill": {api + "Command": `["sick"]`, "Resources.Green.Properties.HealthCheckIntervalSeconds": `0.05`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			e := p.up(t, blueGreenStack(nil))
			s := p.stream(t, e)
			err := p.update(t, e, blueGreenStack(bad))
			wantError(t, err, "the deployment was rolled back: ", "tasks in a row failed to start: ")
			s.end(t, 2)
			p.assertServes(t, e, 1)
			if slices.Contains(p.stagesOf(), StageProductionShift) {
				t.Error("production traffic was shifted to it")
			}
			if got := e.stackStatus("stack-catalog-test"); got != UpdateRollbackComplete {
				t.Errorf("the stack is %s", got)
			}
		})
	}
}

// Without an update since the last one, a roll-back releases what ran before.
func TestL3_RollbackGoesBackToTheReleaseBefore(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, blueGreenStack(version("1")))
	wantError(t, e.Rollback(t.Context()), "no release ran here before this one")
	if err := p.update(t, e, blueGreenStack(version("2"))); err != nil {
		t.Fatal(err)
	}
	s := p.stream(t, e)
	if err := e.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.end(t, 2)
	_, body := p.ask(t, e, http.MethodGet, "/api/environment")
	if want := `"VERSION=1"`; !strings.Contains(body, want) {
		t.Errorf("the tasks have %s, want %s", body, want)
	}
}
