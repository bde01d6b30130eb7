package local

import (
	"context"
	"slices"
	"time"
)

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
	s.tasks = slices.DeleteFunc(s.tasks, func(t *task) bool {
		select {
		case <-t.ended:
			return true
		default:
			return false
		}
	})
	alive := 0
	for _, t := range s.tasks {
		switch {
		case s.isFailing(t):
			s.retire(t, "its target failed the load balancer's health check")
		case s.isServing(t):
			if !t.served {
				t.served, s.failures = true, 0
			}
			alive++
		case t.isAlive():
			alive++
		}
	}
	for ; alive < s.desired && !time.Now().Before(s.earliest); alive++ {
		s.launch()
	}
}

func (t *task) isAlive() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status == taskPending || t.status == taskRunning
}

// isFailing says whether a running task's target is unhealthy after the grace
// period.
func (s *service) isFailing(t *task) bool {
	grace := seconds(s.props.HealthCheckGracePeriodSeconds, 0)
	return t.isAlive() && time.Since(t.launched) > grace &&
		slices.ContainsFunc(s.groups, func(g *targetGroup) bool { return g.health(t.address()) == targetUnhealthy })
}

// launch starts one task. The lock is held.
func (s *service) launch() {
	var running []placement
	for _, t := range s.tasks {
		if t.isAlive() { // one that drains leaves its place to its replacement
			running = append(running, t.place)
		}
	}
	place := nextPlacement(s.props.CapacityProviderStrategy, s.zones, running, s.desired)
	t, err := newTask(s.definition, place)
	if err != nil {
		s.noteFailure(err.Error())
		return
	}
	s.tasks = append(s.tasks, t)
	s.event(TaskStarting, t, "on "+place.Provider+" in "+place.Zone)
	registered := false
	go func() {
		t.run(func() {
			registered = true
			for _, g := range s.groups {
				g.register(t.address(), s.poke)
			}
			s.poke()
		})
		if registered {
			s.deregister(t)
		}
		s.taskEnded(t)
	}()
	go func() { // an ending task gets no new request
		select {
		case <-t.stopping:
			s.deregister(t)
		case <-t.ended:
		}
	}()
}

func (s *service) deregister(t *task) {
	for _, g := range s.groups {
		g.deregister(t.address())
	}
}

func (s *service) taskEnded(t *task) {
	s.mu.Lock()
	reason := t.stoppedReason()
	if !t.served && reason != errStopped.Error() {
		s.noteFailure(reason)
	}
	s.mu.Unlock()
	s.event(TaskStopped, t, reason)
	s.poke()
}

// noteFailure counts a task that failed and makes the next ones wait longer
// and longer. The first failure after a healthy time costs no wait.
func (s *service) noteFailure(reason string) {
	s.failures++
	s.lastFail = reason
	if s.failures > 1 {
		wait := min(firstBackoff<<min(s.failures-2, 10), maxBackoff)
		s.earliest = time.Now().Add(wait)
	}
}

// retire stops a task without waiting for it.
func (s *service) retire(t *task, why string) {
	s.event(TaskReplaced, t, why)
	t.set(taskStopping, why)
	go t.stop(context.Background(), false)
}
