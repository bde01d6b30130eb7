package main

import (
	"context"
	"errors"
	"syscall"
	"time"

	"catalog/local"
)

// storm takes every Spot task back.
func storm(ctx context.Context, e *environment, s *stage) error {
	answer, err := e.client.Reclaim(ctx, local.ReclaimRequest{Storm: true})
	if err != nil {
		return err
	}
	s.note("tasks that were on Spot, and went: %d", len(answer.Tasks))
	pause(ctx, time.Second)
	return e.replaced(ctx, s, answer.Tasks...)
}

// killTask kills a task that chance chooses, without a warning.
func killTask(ctx context.Context, e *environment, s *stage) error {
	tasks, err := e.tasks(ctx)
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		return errors.New("no task runs that could be killed")
	}
	victim := tasks[s.chance.IntN(len(tasks))]
	s.fault()
	if err := syscall.Kill(victim.PID, syscall.SIGKILL); err != nil {
		return err
	}
	s.lift() // it is done at once
	return e.replaced(ctx, s, victim.ID)
}

// replaced waits until as many tasks as there are to be are healthy without
// the ones that went.
func (e *environment) replaced(ctx context.Context, s *stage, gone ...string) error {
	healthy, desired, err := e.awaitTasks(ctx, wholeWithin, gone...)
	switch {
	case err != nil:
		return err
	case healthy < desired:
		s.note("only %d of %d tasks were healthy after %v", healthy, desired, wholeWithin)
	default:
		s.note("%d of %d tasks were healthy again %s after the fault's begin", healthy, desired, seconds(time.Since(s.begun)))
	}
	return nil
}
