package local

import (
	"context"
	"slices"
	"time"
)

const reconcileEvery = time.Second

// schedule is the control loop.
func (s *service) schedule() {
	defer close(s.finished)
	ticker := time.NewTicker(reconcileEvery)
	defer ticker.Stop()
	for {
		s.reconcile()
		select {
		case <-s.wake:
		case <-ticker.C:
		case <-s.quit:
			return
		}
	}
}

func (s *service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// reconcile moves what runs towards what is desired.
func (s *service) reconcile() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	s.tasks = slices.DeleteFunc(s.tasks, (*task).hasEnded)
	for _, t := range s.tasks {
		if !t.served && t.isServing() {
			t.served, t.revision.failures, t.revision.earliest = true, 0, time.Time{}
		}
	}
	switch {
	case s.coming != nil && s.coming.colour == s.serving.colour:
		s.roll()
	case s.coming != nil:
		s.keep(s.serving, s.desired)
		s.keep(s.coming, s.desired)
	default:
		s.keep(s.serving, s.desired)
	}
	for _, t := range s.tasks {
		if t.isAlive() && t.revision != s.serving && t.revision != s.coming {
			s.retire(t, "its deployment is over")
		}
	}
}

// keep holds a revision at so many tasks. A task that fails its health check
// is replaced before it is stopped where MaximumPercent leaves room (AWS:
// "Amazon ECS service scheduler: unhealthy task replacement").
func (s *service) keep(r *revision, want int) {
	var sound, failing []*task
	for _, t := range s.alive(r) {
		if t.isFailing(s.grace()) {
			failing = append(failing, t)
		} else {
			sound = append(sound, t)
		}
	}
	limit := max(s.settings.maximum(want), want)
	// Without room for a replacement the failing task has to go first.
	full := len(sound) < want && len(sound)+len(failing) >= limit
	for len(sound) < want && len(sound)+len(failing) < limit && s.mayLaunch(r) {
		t := s.launch(r)
		if t == nil {
			break
		}
		sound = append(sound, t)
	}
	for _, t := range failing {
		if s.healthy(r) >= want || full {
			s.replace(t)
		}
	}
	for len(sound) > want {
		i := surplus(sound, s.settings.props.CapacityProviderStrategy, want)
		s.retire(sound[i], "the service has more tasks than desired")
		sound = slices.Delete(sound, i, i+1)
	}
}

// roll moves a rolling deployment on: as many new tasks as MaximumPercent
// leaves room for, and an old one goes for each healthy one above
// MinimumHealthyPercent.
func (s *service) roll() {
	before, after := s.alive(s.serving), s.alive(s.coming)
	for len(after) < s.desired && len(before)+len(after) < s.settings.maximum(s.desired) && s.mayLaunch(s.coming) {
		t := s.launch(s.coming)
		if t == nil {
			break
		}
		after = append(after, t)
	}
	healthy := s.healthy(s.serving) + s.healthy(s.coming)
	for _, t := range before {
		isHealthy := t.isServing()
		if isHealthy && healthy <= s.settings.minimumHealthy(s.desired) {
			continue
		}
		s.retire(t, "a new deployment takes its place")
		if isHealthy {
			healthy--
		}
	}
	for _, t := range after {
		if t.isFailing(s.grace()) {
			s.replace(t)
		}
	}
}

// alive are a revision's tasks that start or run.
func (s *service) alive(r *revision) []*task {
	var alive []*task
	for _, t := range s.tasks {
		if t.revision == r && t.isAlive() {
			alive = append(alive, t)
		}
	}
	return alive
}

// mayLaunch says whether a revision's failures allow another task.
func (s *service) mayLaunch(r *revision) bool { return !time.Now().Before(r.earliest) }

// replace retires a task for its own failure.
func (s *service) replace(t *task) {
	t.mu.Lock()
	t.blamed = true
	t.mu.Unlock()
	s.retire(t, "its target failed the load balancer's health check")
}

// retire stops a task without waiting for it: its targets go first, so that it
// gets no request after the SIGTERM.
func (s *service) retire(t *task, why string) {
	s.event(TaskReplaced, t, why)
	t.end(stopScheduler, why)
	t.deregister()
	go t.stop(context.Background(), false)
}
