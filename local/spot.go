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
	var reclaimed []string
	for _, s := range all[*service](e) {
		for _, t := range s.reclaimable(id, storm || id != "") {
			if err := t.isOnSpot(); err != nil {
				return reclaimed, err
			}
			if s.reclaim(t) {
				reclaimed = append(reclaimed, t.id)
			}
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
// those on Spot; one of them unless all are asked for.
func (s *service) reclaimable(id string, every bool) []*task {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*task
	for _, t := range s.tasks {
		if t.isAlive() && strings.HasPrefix(t.id, id) && (id != "" || t.place.Provider == spotProvider) {
			found = append(found, t)
		}
	}
	if !every && len(found) > 1 {
		return found[:1]
	}
	return slices.Clip(found)
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
