package local

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"
)

// service keeps the desired number of tasks running behind its target groups.
type service struct {
	declared
	environment *Environment
	cluster     *cluster

	mu       sync.Mutex
	settings serviceSettings
	desired  int
	serving  *revision // takes the production traffic
	coming   *revision // of the deployment under way; nil between deployments
	// deployments are the last ones, the newest last. One at a time is under way.
	deployments []*deployment
	revisions   int
	tasks       []*task

	wake     chan struct{}
	running  sync.WaitGroup // tasks and deployments
	quit     chan struct{}
	stopped  bool
	finished chan struct{}
}

// defaultDesired is ECS's count where the template gives none.
const defaultDesired = 1

func newService(e *Environment, d declared) (runner, error) {
	s := &service{
		declared: d, environment: e, desired: defaultDesired,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), finished: make(chan struct{}),
	}
	settings, err := readServiceSettings(e, d)
	if err != nil {
		return nil, err
	}
	if settings.props.DesiredCount != nil {
		s.desired = int(*settings.props.DesiredCount)
	}
	s.settings, s.cluster = settings, settings.cluster
	s.serving = s.newRevision(settings, 0)
	return s, nil
}

// start begins to schedule and waits until the service is steady: every task
// runs and every target is healthy. Tasks that fail one after the other trip
// the circuit breaker.
func (s *service) start(ctx context.Context) error {
	go s.schedule()
	d := s.begin(s.serving)
	return d.wait(ctx)
}

// update applies another declaration. A change of what runs is a deployment,
// which it waits for; a change of how it is kept is not (AWS: "Updating an
// Amazon ECS service").
func (s *service) update(ctx context.Context, d declared) error {
	settings, err := readServiceSettings(s.environment, d)
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.coming != nil {
		s.mu.Unlock()
		return fmt.Errorf("a deployment is in progress: wait for it, or take it back with catalogctl rollback")
	}
	before, desired := s.settings, s.desired
	s.settings = settings
	if settings.props.DesiredCount != nil {
		s.desired = int(*settings.props.DesiredCount)
	}
	if !settings.needsDeployment(before) {
		s.mu.Unlock()
		s.poke()
		return nil
	}
	target := s.newRevision(settings, s.nextColour())
	s.mu.Unlock()
	err = s.begin(target).wait(ctx)
	if err != nil { // what ran before runs as it did before
		s.mu.Lock()
		s.settings, s.desired = before, desired
		s.mu.Unlock()
	}
	return err
}

// live keeps the count that scaling made: a declaration does not have it.
func (s *service) live() (restore func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	desired := s.desired
	return func() { s.setDesired(desired) }
}

// needsDeployment says whether tasks of these settings differ from those of
// others.
func (a serviceSettings) needsDeployment(b serviceSettings) bool {
	return a.definition != b.definition ||
		!reflect.DeepEqual(a.props.LoadBalancers, b.props.LoadBalancers) ||
		!reflect.DeepEqual(a.props.CapacityProviderStrategy, b.props.CapacityProviderStrategy) ||
		!slices.Equal(a.zones, b.zones)
}

// stop ends every task at once.
func (s *service) stop(ctx context.Context) error {
	s.mu.Lock()
	if !s.stopped {
		s.stopped = true
		close(s.quit)
	}
	for _, d := range s.deployments {
		d.cancel("the service is deleted")
	}
	s.mu.Unlock()
	select {
	case <-s.finished:
	case <-ctx.Done():
	}
	for _, t := range s.all() {
		go t.stop(ctx, true)
	}
	s.running.Wait()
	return nil
}

// all are the tasks at this moment.
func (s *service) all() []*task {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.tasks)
}

// setDesired changes how many tasks run, as Application Auto Scaling does.
func (s *service) setDesired(n int) {
	s.mu.Lock()
	s.desired = n
	s.mu.Unlock()
	s.poke()
}

func (s *service) event(status string, t *task, detail string) {
	s.environment.report(Event{
		Stack: s.stack.Name, ID: s.name() + "/" + t.shortID(), Type: "task", Status: status, Detail: detail,
	})
}

func (s *service) ref() string { return s.arn("ecs", "service/"+s.cluster.ref()+"/"+s.name()) }

func (s *service) name() string { return orElse(s.customName(), s.id) }

func (s *service) attribute(name string) (string, bool) {
	switch name {
	case "Name":
		return s.name(), true
	case "ServiceArn":
		return s.ref(), true
	}
	return "", false
}

// grace is how long a task's failed health checks do not count.
func (s *service) grace() time.Duration {
	return seconds(s.settings.props.HealthCheckGracePeriodSeconds, 0)
}
