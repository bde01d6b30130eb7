// Package imports takes feeds into the catalog: chunk by chunk, each in a
// transaction of its own together with how far it got, so that a task that
// ends half-way costs at most the chunk that it was at. Any task goes on.
package imports

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"catalog/api/catalog"
)

const (
	// poll is how often a task looks for an import that another one left.
	poll = time.Second
	// cleanEvery is how often old imports and keys are removed.
	cleanEvery = time.Minute
	// retries of a chunk that the database did not take, with pause between.
	retries    = 5
	retryPause = 500 * time.Millisecond
)

// Runner works on imports, one at a time.
type Runner struct {
	store catalog.Transfer
	log   *slog.Logger
	now   func() time.Time
	wake  chan struct{}
}

// NewRunner makes a runner.
func NewRunner(store catalog.Transfer, log *slog.Logger, now func() time.Time) *Runner {
	return &Runner{store: store, log: log, now: now, wake: make(chan struct{}, 1)}
}

// Wake tells the runner that an import waits.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run works until ctx ends. An import that it is at is left to others then.
func (r *Runner) Run(ctx context.Context) {
	var cleaned time.Time
	for ctx.Err() == nil {
		worked, err := r.one(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, catalog.ErrUnavailable) {
			r.log.ErrorContext(ctx, "import not worked on", "error", err)
		}
		if now := r.now(); now.Sub(cleaned) >= cleanEvery {
			cleaned = now
			if err := r.store.CleanUp(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, catalog.ErrUnavailable) {
				r.log.ErrorContext(ctx, "old imports and keys not removed", "error", err)
			}
		}
		if worked {
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-time.After(poll):
		}
	}
}

// one works on an import, if one waits.
func (r *Runner) one(ctx context.Context) (worked bool, err error) {
	job, err := r.store.ClaimImport(ctx)
	if err != nil || job == nil {
		return false, err
	}
	defer job.Release()
	log := r.log.With("import", job.ID())
	log.InfoContext(ctx, "import runs", "from", string(job.Position()))
	err = r.take(ctx, job)
	var failed *failure
	switch {
	case err == nil:
		err = job.Finish(ctx, "")
	case errors.Is(err, catalog.ErrImportEnded):
		log.InfoContext(ctx, "import was cancelled")
		return true, nil
	case errors.As(err, &failed):
		log.WarnContext(ctx, "import failed", "error", err)
		err = job.Finish(ctx, failed.Error())
	}
	if err != nil { // another task, or this one later, goes on
		return false, err
	}
	log.InfoContext(ctx, "import ended")
	return true, nil
}

// failure ends an import for good: its feed cannot be read.
type failure struct{ error }

// take applies what is left of a feed. The next chunk is read while the
// database takes the one before.
func (r *Runner) take(ctx context.Context, job catalog.ImportJob) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan catalog.ImportChunk)
	read := make(chan error, 1)
	go func() {
		defer close(chunks)
		read <- r.read(ctx, job, chunks)
	}()
	var err error
	for c := range chunks {
		if err = r.apply(ctx, job, c); err != nil {
			break
		}
	}
	cancel()
	for range chunks { // the reader may be waiting to give one
	}
	if reading := <-read; err == nil {
		err = reading
	}
	return err
}

// apply takes a chunk, again where it met another writer's change.
func (r *Runner) apply(ctx context.Context, job catalog.ImportJob, c catalog.ImportChunk) error {
	for attempt := 1; ; attempt++ {
		err := job.Apply(ctx, c)
		if err == nil || attempt == retries || errors.Is(err, catalog.ErrImportEnded) || errors.Is(err, catalog.ErrUnavailable) {
			return err
		}
		r.log.WarnContext(ctx, "chunk of an import is tried again", "import", job.ID(), "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryPause):
		}
	}
}
