package local

import (
	"errors"
	"net/http"
	"slices"
	"testing"
)

func TestI5_AnUpdateWithoutAChangeDoesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, blueGreenStack(nil))
	// The count is in the first template alone: leaving it out changes nothing that runs.
	if err := p.update(t, e, blueGreenStack(nil)); err != nil && !errors.Is(err, ErrNoUpdates) {
		t.Fatal(err)
	}
	if err := p.update(t, e, blueGreenStack(nil)); !errors.Is(err, ErrNoUpdates) {
		t.Errorf("the second update: %v, want that there is nothing to do", err)
	}
	if got := e.Status().Services[0]; got.Desired != 2 || len(got.Deployments) != 1 {
		t.Errorf("%d tasks desired, %d deployments, want 2 and 1", got.Desired, len(got.Deployments))
	}
}

func TestI5_AnUpdateChangesWhatDiffers(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	before := e.Status().Services[0].Tasks
	changed := edits{
		"Resources.Listener.Properties.DefaultActions.0.FixedResponseConfig.MessageBody": `"gone"`,
		"Resources.Rule.Properties.Conditions.0.PathPatternConfig.Values":                `["/api/*"]`,
		"Resources.Logs2":                    `{"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "logs-more-test"}}`,
		"Resources.Dashboard":                "",
		"Outputs.DashboardUrl":               "",
		"Outputs.Added":                      `{"Value": {"Ref": "Logs2"}}`,
		"Resources.Role.Properties.RoleName": `"role-other-test"`,
	}
	if err := p.update(t, e, changed); err != nil {
		t.Fatal(err)
	}
	if code, body := p.ask(t, e, http.MethodGet, "/health"); code != 404 || body != "gone" {
		t.Errorf("/health answers %d %q: the rule does not have it any more", code, body)
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/api/pid"); code != 200 {
		t.Errorf("/api/pid answers %d", code)
	}
	outputs := e.Outputs()
	if _, has := outputs["DashboardUrl"]; has || outputs["Added"] != "logs-more-test" {
		t.Errorf("the outputs are %v", outputs)
	}
	if got := ids(p.eventsOf(UpdateComplete)); !slices.Equal(got, []string{"Listener", "Role", "Rule", "Service"}) {
		t.Errorf("UPDATE_COMPLETE was said of %q", got)
	}
	if got := ids(p.eventsOf(DeleteComplete)); !slices.Equal(got, []string{"Dashboard"}) {
		t.Errorf("DELETE_COMPLETE was said of %q", got)
	}
	after := e.Status().Services[0].Tasks
	for i := range before {
		if after[i].ID != before[i].ID {
			t.Error("a task was replaced, though nothing of the tasks changed")
		}
	}
}

// What fails leaves what ran before.
func TestI5_AFailedUpdateIsRolledBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	outputs := e.Outputs()
	err := p.update(t, e, edits{
		"Resources.Listener.Properties.DefaultActions.0.FixedResponseConfig.MessageBody": `"new"`,
		"Resources.Added":                      `{"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "logs-added-test"}}`,
		"Resources.Zz":                         `{"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "DependsOn": ["Rule", "Added"], "Properties": {"Type": "network"}}`,
		"Resources.Rule.Properties.Conditions": `[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/new/*"]}}]`,
		"Outputs.Added":                        `{"Value": "x"}`,
	})
	wantError(t, err, "stack stack-catalog-test: Zz (AWS::ElasticLoadBalancingV2::LoadBalancer): its type is network")
	if code, body := p.ask(t, e, http.MethodGet, "/"); code != 404 || body != "no such path" {
		t.Errorf("/ answers %d %q, want what it said before", code, body)
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/api/pid"); code != 200 {
		t.Errorf("/api/pid answers %d, want the rule of before", code)
	}
	if got := e.Outputs(); len(got) != len(outputs) {
		t.Errorf("the outputs are %v, want %v", got, outputs)
	}
	for _, r := range e.Status().Resources {
		if r.ID == "Added" || r.ID == "Zz" {
			t.Errorf("%s is left", r.ID)
		}
	}
	if status := e.stackStatus("stack-catalog-test"); status != UpdateRollbackComplete {
		t.Errorf("the stack is %s", status)
	}
	if err := p.update(t, e, nil); err != nil && !errors.Is(err, ErrNoUpdates) {
		t.Errorf("the next update: %v", err)
	}
}

// CloudFormation refuses it too, and says what to do.
func TestI5_ANamedResourceIsNotReplacedUnderItsName(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	err := p.update(t, e, edits{"Resources.Green.Properties.Port": `9090`})
	wantError(t, err, "Green (AWS::ElasticLoadBalancingV2::TargetGroup): its change needs a new resource, and the old one has the name tg-green-test still: rename it and update the stack again")
}

func TestI5_ATemplateThatCannotBeReadTouchesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	before := e.eventCount()
	err := p.update(t, e, edits{"Resources.Service.DependsOn.3": `"Nothing"`})
	wantError(t, err, "stack stack-catalog-test: the template's resources: Service refers to Nothing, which does not exist")
	if e.eventCount() != before {
		t.Error("something was touched")
	}
}

// A count in a template resets a service that was scaled out; without one it
// is left alone (checklist 8).
func TestS2_ADeployAtAPeakDoesNotScaleIn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, blueGreenStack(nil))
	all[*service](e)[0].setDesired(4)
	if err := p.update(t, e, blueGreenStack(version("2"))); err != nil {
		t.Fatal(err)
	}
	if got := e.Status().Services[0]; got.Desired != 4 || got.Running != 4 {
		t.Errorf("%d desired and %d run after a deployment, want 4", got.Desired, got.Running)
	}
	changes := blueGreenStack(version("3"))
	changes["Resources.Service.Properties.DesiredCount"] = `2`
	if err := p.update(t, e, changes); err != nil {
		t.Fatal(err)
	}
	if got := e.Status().Services[0].Desired; got != 2 {
		t.Errorf("%d desired, want the template's 2", got)
	}
}

// A rolling deployment keeps MinimumHealthyPercent and MaximumPercent.
func TestS2_ARollingDeploymentKeepsItsBounds(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	rollingStack := func(changes edits) edits {
		if changes == nil {
			changes = edits{}
		}
		changes["Resources.Service.Properties.DesiredCount"] = `4`
		changes["Resources.Service.Properties.DeploymentConfiguration"] = `{"MinimumHealthyPercent": 50, "MaximumPercent": 125}`
		return changes
	}
	e := p.up(t, rollingStack(nil))
	s := p.stream(t, e)
	most := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !s.isOver() {
			alive := 0
			for _, task := range e.Status().Services[0].Tasks {
				if task.Status == taskRunning || task.Status == taskPending {
					alive++
				}
			}
			most = max(most, alive)
		}
	}()
	if err := p.update(t, e, rollingStack(version("2"))); err != nil {
		t.Fatal(err)
	}
	s.end(t, 2)
	<-done
	if most > 5 {
		t.Errorf("%d tasks ran at once, want 5 at most", most)
	}
	for _, task := range e.Status().Services[0].Tasks {
		if task.Revision != 2 {
			t.Errorf("a task of revision %d is left", task.Revision)
		}
	}
}
