package main

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// restartDatabase shuts PostgreSQL down as a restart does: sessions are ended,
// with a checkpoint.
func restartDatabase(ctx context.Context, e *environment, s *stage) error {
	pid, err := e.serving.pid(ctx)
	if err != nil {
		return err
	}
	e.serving.hangUp(ctx)
	s.fault()
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		return err
	}
	return e.awaitDatabase(ctx, s, pid)
}

// killDatabase kills every process of PostgreSQL.
func killDatabase(ctx context.Context, e *environment, s *stage) error {
	pid, err := e.serving.pid(ctx)
	if err != nil {
		return err
	}
	e.serving.hangUp(ctx)
	s.fault()
	if err := e.serving.signal(ctx, syscall.SIGKILL); err != nil {
		return err
	}
	return e.awaitDatabase(ctx, s, pid)
}

// awaitDatabase waits until another process answers: the fault is over then.
func (e *environment) awaitDatabase(ctx context.Context, s *stage, before int) error {
	for deadline := time.Now().Add(wholeWithin); time.Now().Before(deadline) && ctx.Err() == nil; pause(ctx, 20*time.Millisecond) {
		if pid, err := e.serving.pid(ctx); err != nil || pid == before {
			continue
		}
		if c, err := e.serving.connect(ctx, database); err == nil {
			c.Close(ctx)
			break
		}
	}
	s.lift()
	s.note("PostgreSQL answered again %s after the fault's begin", seconds(s.lifted.Sub(s.begun)))
	return ctx.Err()
}

// pauseFor is longer than any deadline of a request.
const pauseFor = 30 * time.Second

// pauseDatabase stops every process of PostgreSQL: connections stay open and
// nobody answers.
func pauseDatabase(ctx context.Context, e *environment, s *stage) error {
	e.serving.hangUp(ctx)
	s.fault()
	err := e.serving.signal(ctx, syscall.SIGSTOP)
	pause(ctx, pauseFor)
	if resumed := e.serving.signal(context.WithoutCancel(ctx), syscall.SIGCONT); err == nil {
		err = resumed
	}
	s.lift()
	return err
}

// holdFor is how long a fault lasts that could last as long as one likes.
const holdFor = 8 * time.Second

// exhaust takes every connection that PostgreSQL allows and ends those of the
// tasks.
func exhaust(ctx context.Context, e *environment, s *stage) error {
	e.serving.hangUp(ctx)
	var taken []*pgx.Conn
	defer func() {
		for _, c := range taken {
			c.Close(context.WithoutCancel(ctx))
		}
	}()
	refused, ended := 0, 0
	s.fault()
	for begin := time.Now(); time.Since(begin) < holdFor && ctx.Err() == nil; {
		c, err := e.serving.connect(ctx, database)
		if err == nil {
			taken = append(taken, c)
			continue
		}
		if refused++; len(taken) == 0 {
			return fmt.Errorf("PostgreSQL gives the drill no connection at all: %w", err)
		}
		var n int
		if err := taken[0].QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'catalog'`).Scan(&n); err != nil {
			return err
		}
		ended += n
		if n == 0 {
			pause(ctx, 50*time.Millisecond)
		}
	}
	for _, c := range taken {
		c.Close(context.WithoutCancel(ctx))
	}
	s.lift()
	s.note("%d connections were taken, %d of the tasks' were ended, and %d more were refused to the drill itself", len(taken), ended, refused)
	taken = nil
	return ctx.Err()
}
