package rest

import (
	"context"
	"errors"
	"sync"
	"time"
)

// flights let those who ask for the same thing at the same time wait for one
// load. Unlike x/sync's singleflight it cancels the load when the last of them
// has left: nobody pays for an answer that nobody wants.
type flights struct {
	mu   sync.Mutex
	byID map[string]*flight
}

// errLoadPanicked is for those who waited for a load that panicked.
var errLoadPanicked = errors.New("the load that this request waited for panicked")

type flight struct {
	done    chan struct{} // closed when answer and err are there
	answer  *answer
	err     error
	waiting int
	cancel  context.CancelFunc
}

// do answers what load does. The first one who asks runs it, at most for so
// long; whoever leaves before it ends gets the error of their own context.
func (f *flights) do(ctx context.Context, key string, timeout time.Duration, load func(context.Context) (*answer, error)) (*answer, error) {
	f.mu.Lock()
	if running, ok := f.byID[key]; ok {
		running.waiting++
		f.mu.Unlock()
		select {
		case <-running.done:
			return running.answer, running.err
		case <-ctx.Done():
			f.leave(running)
			return nil, ctx.Err()
		}
	}
	loading, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	mine := &flight{done: make(chan struct{}), waiting: 1, cancel: cancel}
	if f.byID == nil {
		f.byID = map[string]*flight{}
	}
	f.byID[key] = mine
	f.mu.Unlock()

	defer func() { // after a panic as well: nobody waits for ever
		f.mu.Lock()
		delete(f.byID, key)
		f.mu.Unlock()
		close(mine.done)
	}()
	stop := context.AfterFunc(ctx, func() { f.leave(mine) })
	defer stop()
	mine.err = errLoadPanicked
	mine.answer, mine.err = load(loading)
	return mine.answer, mine.err
}

func (f *flights) leave(running *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if running.waiting--; running.waiting == 0 {
		running.cancel()
	}
}
