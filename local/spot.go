package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// spotProvider is the capacity provider whose tasks may be reclaimed.
const spotProvider = "FARGATE_SPOT"

// Reclaim takes Spot tasks back as AWS does when it needs the capacity: a
// warning two minutes before, as a task state change with the stop code
// SpotInterruption; the task leaves its target groups, gets SIGTERM, and is
// killed when its stopTimeout, at most 120 s, is over. The service starts
// another one at once (AWS: "Amazon ECS clusters for Fargate", "Fargate Spot
// termination notices"). The id may be the beginning of a task's; "" means any
// one Spot task, and storm all of them. It answers the tasks' ids.
func (e *Environment) Reclaim(id string, storm bool) ([]string, error) {
	if id != "" && storm {
		return nil, errors.New("a storm takes every Spot task: name a task or ask for a storm, not both")
	}
	var found []*task
	for _, s := range all[*service](e) {
		found = append(found, s.reclaimable(id)...)
	}
	if id != "" && len(found) > 1 {
		return nil, fmt.Errorf("%d tasks have an id like %s: give more of it", len(found), id)
	}
	if !storm && len(found) > 1 {
		found = found[:1]
	}
	var reclaimed []string
	for _, t := range found {
		if err := t.isOnSpot(); err != nil {
			return nil, err
		}
		if t.service.reclaim(t) {
			reclaimed = append(reclaimed, t.id)
		}
	}
	if len(reclaimed) > 0 {
		return reclaimed, nil
	}
	if id != "" {
		return nil, fmt.Errorf("no task that runs has an id like %s: see catalogctl status", id)
	}
	return nil, errors.New("no task runs on Spot at the moment: see catalogctl status")
}

// reclaimable are the tasks that a reclaim may mean: those with the id, or
// those on Spot.
func (s *service) reclaimable(id string) []*task {
	return slices.DeleteFunc(s.all(), func(t *task) bool {
		return !t.isAlive() || !strings.HasPrefix(t.id, id) || id == "" && t.place.Provider != spotProvider
	})
}

func (t *task) isOnSpot() error {
	if t.place.Provider != spotProvider {
		return fmt.Errorf("task %s runs on %s: only tasks on %s are reclaimed", t.shortID(), t.place.Provider, spotProvider)
	}
	return nil
}

// reclaim begins to take a task away; false where it ends already.
func (s *service) reclaim(t *task) bool {
	t.mu.Lock()
	ending := t.stopCode != ""
	t.mu.Unlock()
	if ending {
		return false
	}
	const why = "Your Spot Task was interrupted."
	s.event(TaskReclaimed, t, "the two-minute warning of Spot")
	t.end(stopSpot, why)
	s.taskChanged(t)
	t.deregister()
	s.poke()
	go t.stop(context.Background(), false)
	return true
}
