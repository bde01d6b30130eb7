package local

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"catalog/local/process"
)

// awaitStage waits until the last deployment is in a stage.
func (p *place) awaitStage(t *testing.T, e *Environment, stage string) {
	t.Helper()
	p.awaitStatus(t, e, "the deployment is in "+stage, func(s Status) bool { return s.Services[0].Deployments[0].Stage == stage })
}

// Ctrl-C while an update is under way: nothing is brought back any more, and
// nothing is left.
func TestG7_DownCutsAnUpdateShort(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	hour := time.Hour
	p.options.BakeTime = &hour
	e := p.up(t, blueGreenStack(nil))
	updated := make(chan error, 1)
	go func() { updated <- p.update(t, e, blueGreenStack(version("2"))) }()
	p.awaitStage(t, e, StageBakeTime)
	p.down(t, e)
	if err := <-updated; !errors.Is(err, errClosing) {
		t.Errorf("the update ended with %v", err)
	}
	deleted := map[string]int{}
	for _, event := range p.eventsOf(DeleteComplete) {
		deleted[event.ID]++
	}
	if deleted["Service"] != 1 || deleted["Rule"] != 1 {
		t.Errorf("deleted %v, want each once", deleted)
	}
	if err := p.update(t, e, blueGreenStack(version("3"))); !errors.Is(err, errBusy) {
		t.Errorf("an update after the end: %v", err)
	}
	if err := e.Down(context.Background()); err != nil {
		t.Errorf("the second Down: %v", err)
	}
}

// A second up while the first one creates waits for it, and creates nothing
// twice.
func TestI5_AnUpdateDuringTheStartIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var once sync.Once
	refused := make(chan error, 1)
	before := p.options.Progress
	p.options.Progress = func(event Event) {
		before(event)
		if event.ID == "Service" && event.Status == CreateInProgress {
			once.Do(func() {
				go func() {
					client, err := Connect(p.options.StateDir)
					if err != nil {
						refused <- err
						return
					}
					defer client.Close()
					refused <- client.Update(context.Background(), UpdateRequest{Assembly: assemblyDir(t, blueGreenStack(nil))}, func(Event) {})
				}()
			})
		}
	}
	e := p.up(t, blueGreenStack(edits{api + "Environment": `[{"Name": "SLOW", "Value": "500ms"}]`}))
	wantError(t, <-refused, "another update is in progress")
	if got := len(all[*service](e)); got != 1 {
		t.Errorf("%d services run, want 1", got)
	}
}

// While blue drains the deployment cannot be taken back any more: the release
// before it is released again.
func TestL3_ARollbackDuringCleanUpReleasesWhatRanBefore(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	slow := blueGreenStack(nil)
	slow[api+"Environment"] = `[{"Name": "VERSION", "Value": "1"}, {"Name": "SLOW_END", "Value": "1s"}]`
	e := p.up(t, slow)
	updated := make(chan error, 1)
	go func() { updated <- p.update(t, e, blueGreenStack(version("2"))) }()
	p.awaitStage(t, e, StageCleanUp)
	s := p.stream(t, e)
	if err := e.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-updated; err != nil {
		t.Error(err)
	}
	s.end(t, 2)
	p.assertServes(t, e, 3) // the first template again, as a new revision
	if got := len(e.Status().Services[0].Deployments); got != 3 {
		t.Errorf("%d deployments, want the first, the second and the way back", got)
	}
}

// A rolling deployment keeps its bounds on its way back as well.
func TestS2_ARollingDeploymentGoesBackWithinItsBounds(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	stack := func(command string) edits {
		return edits{
			api + "Command": command,
			"Resources.Service.Properties.DesiredCount": `4`,
			"Resources.Service.Properties.DeploymentConfiguration": `{"MinimumHealthyPercent": 100, "MaximumPercent": 125,
				"DeploymentCircuitBreaker": {"Enable": true, "Rollback": true}}`,
		}
	}
	e := p.up(t, stack(`["serve"]`))
	s := p.stream(t, e)
	changes := stack(`["serve"]`)
	changes[api+"Environment"] = `[{"Name": "VERSION", "Value": "2"}]`
	updated := make(chan error, 1)
	go func() { updated <- p.update(t, e, changes) }()
	p.awaitStatus(t, e, "half of the tasks are new", func(s Status) bool {
		count := 0
		for _, task := range s.Services[0].Tasks {
			if task.Revision == 2 && task.Health == targetHealthy {
				count++
			}
		}
		return count >= 2
	})
	if err := e.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	wantError(t, <-updated, "the deployment was rolled back: an operator asked for the roll-back")
	s.end(t, 4)
	for _, task := range e.Status().Services[0].Tasks {
		if task.Revision != 1 {
			t.Errorf("a task of revision %d is left", task.Revision)
		}
	}
}

// What a failed update changes comes back as it was, with what scaling and
// deployments had made of it.
func TestI5_AFailedUpdateKeepsCountAndWeights(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, blueGreenStack(nil))
	if err := p.update(t, e, blueGreenStack(version("2"))); err != nil { // green serves
		t.Fatal(err)
	}
	all[*service](e)[0].setDesired(3)
	p.awaitStatus(t, e, "three tasks serve", func(Status) bool { return servingTargets(e) == 3 })
	s := p.stream(t, e)
	for name, broken := range map[string]edits{
		"a rule that is refused": {"Resources.Rule.Properties.Conditions": `[{"Field": "weather", "Values": ["rain"]}]`},
		"another resource": {
			"Resources.Rule.Properties.Priority":        `20`,
			"Resources.Service.Properties.DesiredCount": `2`,
			"Resources.Zz": `{"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "DependsOn": ["Service"], "Properties": {"Type": "network"}}`,
		},
	} {
		changes := blueGreenStack(version("2"))
		for path, value := range broken {
			changes[path] = value
		}
		if err := p.update(t, e, changes); err == nil {
			t.Errorf("%s: the update succeeded", name)
		}
		if got := e.Status().Services[0].Desired; got != 3 {
			t.Errorf("%s: %d tasks are desired, want the 3 of before", name, got)
		}
		if name == "a rule that is refused" && s.failed.Load() > 0 {
			t.Errorf("%s: %d requests failed", name, s.failed.Load())
		}
	}
	s.stop()
	if code, _ := p.ask(t, e, "GET", "/api/pid"); code != 200 {
		t.Errorf("it answers %d: green must have its weight again", code)
	}
}

func TestI5_ASecondResourceUnderANameIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	err := p.update(t, e, edits{"Resources.Again": `{"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Name": "tg-blue-test"}}`})
	wantError(t, err, "Again (AWS::ElasticLoadBalancingV2::TargetGroup): Blue has the name tg-blue-test already")
	if got := servingTargets(e); got != 2 {
		t.Errorf("%d targets serve, want 2", got)
	}
}

// Metrics are taken while tasks come and go.
func TestA1_MetricsAreTakenBesideTasksThatEnd(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, edits{"Resources.Service.Properties.DesiredCount": `4`, "Resources.Task.Properties.Cpu": `256`, "Resources.Task.Properties.Memory": `512`})
	s := all[*service](e)[0]
	snapshot, err := process.Look()
	if err != nil {
		t.Skip(err)
	}
	for i := range 200 {
		if i%20 == 0 {
			s.setDesired(1 + i/20%4)
		}
		s.measure(snapshot, time.Now())
		e.Status()
	}
}
