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
	mu    sync.Mutex
	byKey map[flightKey]*flight
}

// flightKey tells what is loaded, and as of when: who asks with another one
// does not wait for the load.
type flightKey struct {
	key             string
	sequence, watch uint64
	slot            int64
}

// errLoadPanicked is for those who waited for a load that panicked.
var errLoadPanicked = errors.New("the load that this request waited for panicked")

type flight struct {
	key     flightKey
	done    chan struct{} // closed when answer and err are there
	answer  *answer
	err     error
	waiting int
	cancel  context.CancelFunc
}

// do answers what load does. The first one who asks runs it, at most for so
// long, and stays while others wait for it; whoever else leaves before it ends
// gets the error of their own context.
func (f *flights) do(ctx context.Context, key flightKey, timeout time.Duration, load func(context.Context) (*answer, error)) (*answer, error) {
	f.mu.Lock()
	if running, ok := f.byKey[key]; ok {
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
	mine := &flight{key: key, done: make(chan struct{}), waiting: 1, cancel: cancel, err: errLoadPanicked}
	if f.byKey == nil {
		f.byKey = map[flightKey]*flight{}
	}
	f.byKey[key] = mine
	f.mu.Unlock()

	defer func() { // after a panic as well: nobody waits for ever
		f.mu.Lock()
		f.remove(mine)
		f.mu.Unlock()
		close(mine.done)
	}()
	stop := context.AfterFunc(ctx, func() { f.leave(mine) })
	defer stop()
	mine.answer, mine.err = load(loading)
	return mine.answer, mine.err
}

// leave cancels the load when nobody waits for it any more. From then on
// nobody can join it: who comes now wants an answer.
func (f *flights) leave(running *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if running.waiting--; running.waiting == 0 {
		f.remove(running)
		running.cancel()
	}
}

// remove takes a flight off the list, and never the one that came after it.
func (f *flights) remove(running *flight) {
	if f.byKey[running.key] == running {
		delete(f.byKey, running.key)
	}
}
