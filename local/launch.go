package local

// launch starts one task of a revision; nil where it cannot. The lock is held.
func (s *service) launch(r *revision) *task {
	var running []placement
	for _, t := range s.alive(r) { // one that drains leaves its place to its replacement
		running = append(running, t.place)
	}
	place := nextPlacement(r.settings.props.CapacityProviderStrategy, r.settings.zones, running, s.desired)
	t, err := newTask(r, place)
	if err != nil {
		r.noteFailure(err.Error())
		s.placementFailed(err)
		return nil
	}
	t.service = s
	s.tasks = append(s.tasks, t)
	s.event(TaskStarting, t, "on "+place.Provider+" in "+place.Zone)
	s.taskChanged(t)
	s.running.Go(func() {
		t.run(func() {
			t.register(s.poke)
			s.taskChanged(t)
			s.poke()
		})
		s.taskEnded(t)
	})
	return t
}

func (s *service) taskEnded(t *task) {
	s.mu.Lock()
	if !t.served && t.failed() {
		t.revision.noteFailure(t.stoppedReason())
	}
	s.mu.Unlock()
	s.event(TaskStopped, t, t.stoppedReason())
	s.taskChanged(t)
	s.poke()
}

// hasEnded says whether nothing of a task runs any more.
func (t *task) hasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}
