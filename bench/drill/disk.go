package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"catalog/local"
)

const (
	diskMiB  = 512 // of the whole disk
	fullFor  = 10 * time.Second
	fillTime = 20 * time.Second // until writes fail
)

// smallDisk is where PostgreSQL's data of the drill are.
func (r *runner) smallDisk() string { return filepath.Join(r.project.StateDir(suffix), "postgres") }

// onSmallDisk runs the drill of the full disk in an environment whose
// PostgreSQL has a disk of its own.
func (r *runner) onSmallDisk(ctx context.Context, d drill) (err error) {
	state := r.project.StateDir(suffix)
	if err := local.Discard(state); err != nil {
		return err
	}
	disk := r.smallDisk()
	if err := os.MkdirAll(disk, 0o755); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, local.Discard(state)) }()
	if os.Geteuid() != 0 {
		r.leaveOut(d, "it needs root, to mount a small disk")
		return nil
	}
	if err := mountSmall(disk, diskMiB); err != nil {
		r.leaveOut(d, fmt.Sprintf("a small disk cannot be mounted here: %v", err))
		return nil
	}
	defer func() { err = errors.Join(err, unmount(disk)) }()
	d.run = func(ctx context.Context, e *environment, s *stage) error { return fillDisk(ctx, e, s, disk) }
	return r.inEnvironment(ctx, []drill{d})
}

// fillDisk takes all that is left of the disk.
func fillDisk(ctx context.Context, e *environment, s *stage, disk string) (err error) {
	ballast := filepath.Join(disk, "ballast")
	defer func() {
		if removed := os.Remove(ballast); removed != nil && !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	s.fault()
	if err := fill(ballast); err != nil {
		return err
	}
	for time.Since(s.begun) < fillTime && ctx.Err() == nil {
		all, _ := e.load.between(s.begun, time.Now())
		if !lastFailure(all, s.begun, time.Now()).IsZero() {
			break
		}
		pause(ctx, 50*time.Millisecond)
	}
	s.note("the first request failed %s after the disk was full", seconds(time.Since(s.begun)))
	for begin := time.Now(); time.Since(begin) < fullFor && ctx.Err() == nil; pause(ctx, 200*time.Millisecond) {
		if err := fill(ballast); err != nil { // also what PostgreSQL has freed
			return err
		}
	}
	if err := e.useUpLog(ctx, s); err != nil {
		return err
	}
	if err := os.Remove(ballast); err != nil {
		return err
	}
	s.lift()
	events, err := e.databaseEvents(ctx, s.begun)
	if err != nil {
		return err
	}
	s.note("PostgreSQL ended and was started again %d times meanwhile", events)
	return ctx.Err()
}

// useUpLog moves PostgreSQL to the next file of its log until it has none left
// that it could use again: without its log it ends (PANIC), and the place starts
// it again and again until there is space.
func (e *environment) useUpLog(ctx context.Context, s *stage) error {
	c, err := e.serving.connect(ctx, database)
	if err != nil {
		s.note("it took no connection on the full disk: %v", err)
		return nil
	}
	defer c.Close(ctx)
	for switched := 0; switched < diskMiB/16; switched++ {
		if _, err := c.Exec(ctx, "SELECT pg_logical_emit_message(false, 'drill', 'x'), pg_switch_wal()"); err != nil {
			s.note("its log was used up after %d files more: %v", switched, err)
			pause(ctx, fullFor/2)
			return nil
		}
	}
	return errors.New("PostgreSQL goes on writing its log on a full disk: the disk of the drill is not its own")
}

// fill writes to the end of a file until the disk takes no more.
func fill(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		if errors.Is(err, syscall.ENOSPC) {
			return nil
		}
		return err
	}
	defer file.Close()
	for size := 1 << 20; size >= 4096; {
		if _, err := file.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			return err
		}
	}
	return nil
}

// databaseEvents counts how often the database has ended since a moment.
func (e *environment) databaseEvents(ctx context.Context, since time.Time) (int, error) {
	status, err := e.client.Status(ctx)
	if err != nil {
		return 0, err
	}
	ended := 0
	for _, event := range status.Events {
		if event.Status == local.DatabaseStopped && event.Time.After(since) {
			ended++
		}
	}
	return ended, nil
}
