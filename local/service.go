package local

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// service keeps the desired number of tasks running behind its target groups.
type service struct {
	declared
	props       serviceProperties
	environment *Environment
	definition  *taskDefinition
	cluster     *cluster
	zones       []string
	groups      []*targetGroup

	mu       sync.Mutex
	desired  int
	tasks    []*task
	failures int       // tasks in a row that never became healthy
	lastFail string    // why the last of them ended
	earliest time.Time // no task is launched before
	wake     chan struct{}
	quit     chan struct{}
	finished chan struct{}
}

type serviceProperties struct {
	ServiceName                   string
	Cluster                       string
	TaskDefinition                string
	DesiredCount                  *number
	CapacityProviderStrategy      []strategyItem
	HealthCheckGracePeriodSeconds number
	LoadBalancers                 []struct {
		TargetGroupArn string
		ContainerName  string
		ContainerPort  number
	}
	NetworkConfiguration struct {
		AwsvpcConfiguration struct{ Subnets []string }
	}
}

const (
	// defaultDesired is ECS's count where the template gives none.
	defaultDesired = 1
	reconcileEvery = time.Second
	// failureThreshold is the circuit breaker's smallest one (ECS: "How the
	// deployment circuit breaker detects failures").
	failureThreshold = 3
	firstBackoff     = time.Second
	maxBackoff       = time.Minute
)

func newService(e *Environment, d declared) (runner, error) {
	s := &service{
		declared: d, environment: e, desired: defaultDesired,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), finished: make(chan struct{}),
	}
	if err := d.decode(&s.props); err != nil {
		return nil, err
	}
	if s.props.DesiredCount != nil {
		s.desired = int(*s.props.DesiredCount)
	}
	var err error
	if s.cluster, err = find[*cluster](e, s.props.Cluster); err != nil {
		return nil, err
	}
	if s.definition, err = find[*taskDefinition](e, s.props.TaskDefinition); err != nil {
		return nil, err
	}
	for _, lb := range s.props.LoadBalancers {
		group, err := find[*targetGroup](e, lb.TargetGroupArn)
		if err != nil {
			return nil, err
		}
		s.groups = append(s.groups, group)
	}
	s.zones = e.zonesOf(d.stack.Name, s.props.NetworkConfiguration.AwsvpcConfiguration.Subnets)
	return s, checkStrategy(s.props.CapacityProviderStrategy, s.cluster.providers)
}

// zonesOf finds the zones of subnets by their references.
func (e *Environment) zonesOf(stack string, subnets []string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var zones []string
	for _, r := range e.resources[stack] {
		recorded, ok := r.(record)
		if !ok || recorded.typ != "AWS::EC2::Subnet" || !slices.Contains(subnets, recorded.ref()) {
			continue
		}
		if zone, ok := recorded.properties["AvailabilityZone"].(string); ok {
			zones = append(zones, zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

// start begins to schedule and waits until the service is steady: every task
// runs and every target is healthy. Tasks that fail one after the other trip
// the circuit breaker.
func (s *service) start(ctx context.Context) error {
	go s.schedule()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		steady, failures, reason := s.state()
		if steady {
			return nil
		}
		if failures >= failureThreshold {
			return fmt.Errorf("%d tasks in a row failed to start: %s", failures, reason)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *service) state() (steady bool, failures int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	healthy := 0
	for _, t := range s.tasks {
		if s.isServing(t) {
			healthy++
		}
	}
	return healthy >= s.desired, s.failures, s.lastFail
}

func (s *service) isServing(t *task) bool {
	t.mu.Lock()
	running := t.status == taskRunning
	t.mu.Unlock()
	return running && !slices.ContainsFunc(s.groups, func(g *targetGroup) bool { return g.health(t.address()) != targetHealthy })
}

// stop ends every task at once.
func (s *service) stop(ctx context.Context) error {
	close(s.quit)
	select {
	case <-s.finished:
	case <-ctx.Done():
	}
	s.mu.Lock()
	tasks := slices.Clone(s.tasks)
	s.mu.Unlock()
	var stopped sync.WaitGroup
	for _, t := range tasks {
		stopped.Go(func() { t.stop(ctx, true) })
	}
	stopped.Wait()
	return nil
}

func (s *service) event(status string, t *task, detail string) {
	s.environment.report(Event{
		Stack: s.stack.Name, ID: s.name() + "/" + t.id[:8], Type: "task", Status: status, Detail: detail,
	})
}

func (s *service) ref() string { return s.arn("ecs", "service/"+s.cluster.ref()+"/"+s.name()) }

func (s *service) name() string { return orElse(s.props.ServiceName, s.id) }

func (s *service) attribute(name string) (string, bool) {
	switch name {
	case "Name":
		return s.name(), true
	case "ServiceArn":
		return s.ref(), true
	}
	return "", false
}
