package imports

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"catalog/api/catalog"
)

// failure ends an import for good. Its text is for the client.
type failure struct{ error }

// one works on an import, if one waits. An import that the store was lost
// amid, or the task, is left as it is: whoever claims it next goes on.
func (r *Runner) one(ctx context.Context) (worked bool, err error) {
	job, err := r.store.ClaimImport(ctx)
	if err != nil || job == nil {
		return false, err
	}
	defer job.Release()
	log := r.log.With("import", job.ID())
	log.InfoContext(ctx, "import runs", "from", string(job.Position()))
	if err = r.take(ctx, job); err == nil {
		err = r.persist(ctx, job, "its end", func() error { return job.Finish(ctx, "") })
	}
	if failed, ok := errors.AsType[*failure](err); ok {
		log.WarnContext(ctx, "import failed", "error", err)
		err = job.Finish(ctx, failed.Error())
	}
	switch {
	case errors.Is(err, catalog.ErrImportEnded):
		log.InfoContext(ctx, "import was cancelled")
	case err != nil:
		return false, err
	default:
		log.InfoContext(ctx, "import ended")
	}
	return true, nil
}

// take applies what is left of a feed. The next chunk is read while the
// database takes the one before.
func (r *Runner) take(ctx context.Context, job catalog.ImportJob) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan catalog.ImportChunk)
	read := make(chan error, 1)
	go func() {
		defer close(chunks)
		read <- r.guard(ctx, job, func() error { return r.read(ctx, job, chunks) })
	}()
	var err error
	for c := range chunks {
		what := fmt.Sprintf("the %d rows from line %d on", len(c.Rows), c.Rows[0].Line)
		if err = r.persist(ctx, job, what, func() error { return job.Apply(ctx, c) }); err != nil {
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

// persist gives the store something until it takes it. What it does not take
// at all ends the import, which would stand in the way of all others
// otherwise; the log says more of the reason than the client may know.
func (r *Runner) persist(ctx context.Context, job catalog.ImportJob, what string, do func() error) error {
	for attempt := 1; ; attempt++ {
		err := r.guard(ctx, job, do)
		_, failed := errors.AsType[*failure](err)
		if err == nil || failed || errors.Is(err, catalog.ErrImportEnded) || isAway(ctx, err) {
			return err
		}
		r.log.WarnContext(ctx, "import meets an error", "import", job.ID(), "at", what, "attempt", attempt, "error", err)
		if attempt == attempts {
			return &failure{fmt.Errorf("%s could not be stored in %d attempts: send the feed again, and tell the operator the import's id if that does not help", what, attempts)}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryPause):
		}
	}
}

// isAway says whether an error is the store's absence or the task's end: an
// import is not to blame for either.
func isAway(ctx context.Context, err error) bool {
	return errors.Is(err, catalog.ErrUnavailable) || ctx.Err() != nil
}

// guard makes a panic the import's failure. A feed that the program cannot
// digest would end this task otherwise, and then the next one that claims it.
func (r *Runner) guard(ctx context.Context, job catalog.ImportJob, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.ErrorContext(ctx, "import panicked", "import", job.ID(), "panic", p, "stack", string(debug.Stack()))
			err = &failure{errors.New("the server failed on this feed: tell the operator the import's id")}
		}
	}()
	return do()
}
