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
	went := map[string]bool{}
	for _, id := range gone {
		went[id] = true
	}
	for deadline := time.Now().Add(wholeWithin); ; pause(ctx, 100*time.Millisecond) {
		status, err := e.client.Status(ctx)
		if err != nil {
			return err
		}
		running, err := e.tasks(ctx)
		if err != nil {
			return err
		}
		others := 0
		for _, t := range running {
			if !went[t.ID] {
				others++
			}
		}
		if others >= status.Services[0].Desired {
			s.note("%d of %d tasks were healthy again %s after the fault's begin", others, status.Services[0].Desired, seconds(time.Since(s.begun)))
			return nil
		}
		if time.Now().After(deadline) {
			s.note("only %d of %d tasks were healthy after %v", others, status.Services[0].Desired, wholeWithin)
			return nil
		}
	}
}
