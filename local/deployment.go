package local

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"catalog/local/alarm"
)

// deployment puts one revision in another's place. Its statuses and stages
// are ECS's (AWS: "ServiceDeployment", "Lifecycle stages for Amazon ECS
// service deployments").
type deployment struct {
	id             string
	service        *service
	source, target *revision // source is nil in a service's first deployment
	started        time.Time
	ignored        []string // alarms that were in ALARM when it began
	shifted        bool     // it has had the production traffic; its own goroutine's

	mu       sync.Mutex
	status   string
	stage    string
	reason   string
	finished time.Time

	cancelOnce sync.Once
	cancelled  chan struct{} // closed when it is to be rolled back
	why        string        // what cancelled it; read after cancelled
	done       chan struct{}
}

// Statuses of a deployment; its stage is empty when it is over.
const (
	DeploymentInProgress         = "IN_PROGRESS"
	DeploymentSuccessful         = "SUCCESSFUL"
	DeploymentStopped            = "STOPPED"
	DeploymentRollbackInProgress = "ROLLBACK_IN_PROGRESS"
	DeploymentRollbackSuccessful = "ROLLBACK_SUCCESSFUL"
	DeploymentRollbackFailed     = "ROLLBACK_FAILED"
)

// Stages of a deployment, in order.
const (
	StageScaleUp             = "SCALE_UP"
	StagePostScaleUp         = "POST_SCALE_UP"
	StageTestShift           = "TEST_TRAFFIC_SHIFT"
	StagePostTestShift       = "POST_TEST_TRAFFIC_SHIFT"
	StageProductionShift     = "PRODUCTION_TRAFFIC_SHIFT"
	StagePostProductionShift = "POST_PRODUCTION_TRAFFIC_SHIFT"
	StageBakeTime            = "BAKE_TIME"
	StageCleanUp             = "CLEAN_UP"
)

const (
	// pollEvery is how often a deployment looks at what it waits for.
	pollEvery = 20 * time.Millisecond
	// keptDeployments is how many a service remembers.
	keptDeployments = 20
)

// begin starts a deployment of a revision.
func (s *service) begin(target *revision) *deployment {
	random := make([]byte, 8)
	rand.Read(random)
	d := &deployment{
		id: "ecs-svc/" + hex.EncodeToString(random), service: s, target: target, started: time.Now(),
		status: DeploymentInProgress, cancelled: make(chan struct{}), done: make(chan struct{}),
	}
	s.mu.Lock()
	d.ignored = s.environment.alarmsIn(alarm.InAlarm, s.settings.props.DeploymentConfiguration.Alarms.AlarmNames)
	if target != s.serving {
		d.source, s.coming = s.serving, target
	}
	if s.stopped {
		d.cancel("the service is deleted")
	}
	s.deployments = append(s.deployments, d)
	if len(s.deployments) > keptDeployments {
		s.deployments = slices.Delete(s.deployments, 0, 1)
	}
	s.mu.Unlock()
	s.deploymentChanged(d, "SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS deployment "+d.id+" in progress.")
	s.poke()
	s.running.Go(d.run)
	return d
}

// run takes the deployment through its stages, and back where one fails.
func (d *deployment) run() {
	defer close(d.done)
	err := d.forward()
	if err == nil {
		d.end(DeploymentSuccessful, "")
		d.service.deploymentChanged(d, "SERVICE_DEPLOYMENT_COMPLETED", "ECS deployment "+d.id+" completed.")
		return
	}
	d.service.deploymentChanged(d, "SERVICE_DEPLOYMENT_FAILED", "ECS deployment "+d.id+" failed: "+err.Error())
	if d.source == nil {
		d.end(DeploymentStopped, err.Error())
		return
	}
	d.set(DeploymentRollbackInProgress, err.Error())
	if back := d.backward(); back != nil {
		d.end(DeploymentRollbackFailed, err.Error()+"; and the roll-back: "+back.Error())
		return
	}
	d.end(DeploymentRollbackSuccessful, err.Error())
}

// wait waits for the end and answers why the target does not run. When ctx
// ends, the deployment is taken back first.
func (d *deployment) wait(ctx context.Context) error {
	select {
	case <-d.done:
	case <-ctx.Done():
		d.cancel("it was interrupted")
		<-d.done
		return ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.status == DeploymentSuccessful:
		return nil
	case d.source == nil:
		return fmt.Errorf("%s", d.reason)
	case d.status == DeploymentRollbackSuccessful:
		return fmt.Errorf("the deployment was rolled back: %s", d.reason)
	}
	return fmt.Errorf("the deployment failed: %s", d.reason)
}

// cancel asks for a roll-back. One that is over takes no notice.
func (d *deployment) cancel(why string) {
	d.cancelOnce.Do(func() {
		d.why = why
		close(d.cancelled)
	})
}

func (d *deployment) isOver() bool {
	select {
	case <-d.done:
		return true
	default:
		return false
	}
}

// enter begins a stage.
func (d *deployment) enter(stage, detail string) {
	d.mu.Lock()
	d.stage = stage
	d.mu.Unlock()
	d.event(stage, detail)
}

func (d *deployment) set(status, reason string) {
	d.mu.Lock()
	d.status, d.reason = status, reason
	d.mu.Unlock()
	d.event(status, reason)
}

func (d *deployment) end(status, reason string) {
	d.mu.Lock()
	d.finished, d.stage = time.Now(), ""
	d.mu.Unlock()
	d.set(status, reason)
}

func (d *deployment) event(status, detail string) {
	s := d.service
	s.environment.report(Event{
		Stack: s.stack.Name, ID: s.name() + "/" + d.target.definition.name(), Type: "deployment", Status: status, Detail: detail,
	})
}

func (d *deployment) look() DeploymentStatus {
	d.mu.Lock()
	defer d.mu.Unlock()
	look := DeploymentStatus{
		ID: d.id, Status: d.status, Stage: d.stage, Reason: d.reason, Started: d.started, Finished: d.finished,
		Target: d.target.definition.name(), TargetGroup: d.target.groupName(),
	}
	if d.source != nil {
		look.Source, look.SourceGroup = d.source.definition.name(), d.source.groupName()
	}
	return look
}
