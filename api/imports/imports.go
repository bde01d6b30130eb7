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
	// attempts is how often the database is given a chunk that it does not
	// take, or the end of an import, with a pause between: what another writer
	// caused has gone by then.
	attempts   = 5
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
