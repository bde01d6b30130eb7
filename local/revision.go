package local

import (
	"slices"
	"time"
)

// revision is a service revision: what a deployment brings (AWS: "Amazon ECS
// service revisions"). The service's lock guards what changes.
type revision struct {
	number     int
	settings   serviceSettings
	definition *taskDefinition
	colour     int // which of the two target groups its tasks are in
	groups     []*targetGroup

	failures int       // tasks in a row that never became healthy
	lastFail string    // why the last of them ended
	earliest time.Time // no task is launched before
}

// newRevision makes a revision of a colour.
func (s *service) newRevision(settings serviceSettings, colour int) *revision {
	s.revisions++
	r := &revision{number: s.revisions, settings: settings, definition: settings.definition, colour: colour}
	for _, port := range settings.ports {
		r.groups = append(r.groups, port.groups[colour])
	}
	return r
}

// nextColour is where the next deployment's tasks go: with blue/green to the
// group that takes no production traffic.
func (s *service) nextColour() int {
	if s.settings.isBlueGreen() {
		return 1 - s.serving.colour
	}
	return s.serving.colour
}

// groupName is the name of its first target group.
func (r *revision) groupName() string {
	if r == nil || len(r.groups) == 0 {
		return ""
	}
	return r.groups[0].name()
}

// isServing says whether a task runs and every target group of it says that it
// is healthy.
func (t *task) isServing() bool {
	t.mu.Lock()
	running := t.status == taskRunning
	t.mu.Unlock()
	return running && !slices.ContainsFunc(t.revision.groups, func(g *targetGroup) bool { return g.health(t.address()) != targetHealthy })
}

// isFailing says whether a running task's target is unhealthy after the grace
// period.
func (t *task) isFailing(grace time.Duration) bool {
	return t.isAlive() && time.Since(t.launched) > grace &&
		slices.ContainsFunc(t.revision.groups, func(g *targetGroup) bool { return g.health(t.address()) == targetUnhealthy })
}

func (t *task) isAlive() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status == taskPending || t.status == taskRunning
}

// register puts a task that runs into its target groups.
func (t *task) register(changed func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.status != taskRunning {
		return // it was told to stop meanwhile
	}
	t.registered = true
	for _, g := range t.revision.groups {
		g.register(t.address(), changed)
	}
}

// deregister takes a task out of its target groups: it gets no new request. A
// task that is in none is left alone: its address may be another one's.
func (t *task) deregister() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.registered {
		return
	}
	t.registered = false
	for _, g := range t.revision.groups {
		g.deregister(t.address())
	}
}

// healthy counts a revision's tasks that serve. The lock is held.
func (s *service) healthy(r *revision) int {
	count := 0
	for _, t := range s.tasks {
		if t.revision == r && t.isServing() {
			count++
		}
	}
	return count
}

// firstBackoff and maxBackoff bound how long a revision whose tasks fail waits
// before the next one (AWS: "Amazon ECS service throttle logic").
const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
)

// noteFailure counts a task that failed and makes the next ones wait longer
// and longer. The first failure after a healthy time costs no wait.
func (r *revision) noteFailure(reason string) {
	r.failures++
	r.lastFail = reason
	if r.failures > 1 {
		wait := min(firstBackoff<<min(r.failures-2, 10), maxBackoff)
		r.earliest = time.Now().Add(wait)
	}
}

// hasTripped says whether the circuit breaker gives the revision up: after
// half as many failures as tasks are desired, at least 3 and at most 200
// (AWS: "How the Amazon ECS deployment circuit breaker detects failures").
func (r *revision) hasTripped(desired int) bool {
	return r.failures >= min(max((desired+1)/2, 3), 200)
}
