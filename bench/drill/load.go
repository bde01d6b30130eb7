package main

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// requestTimeout is when a client gives up. The API answers within 5 seconds.
const requestTimeout = 10 * time.Second

// load sends requests when they are due, whatever became of those before, and
// keeps every outcome.
type load struct {
	api, token string
	client     *http.Client
	ledger     *ledger
	run        string // begins every SKU and key

	mu       sync.Mutex
	outcomes []outcome
	flying   map[int]time.Time // when they were due, by number
	started  time.Time
}

func newLoad(api, token, run string) *load {
	dialer := &net.Dialer{Timeout: requestTimeout}
	return &load{
		api: api, token: token, run: run, ledger: newLedger(), flying: map[int]time.Time{},
		client: &http.Client{Timeout: requestTimeout, Transport: &http.Transport{
			MaxIdleConns: 512, MaxIdleConnsPerHost: 512, DialContext: dialer.DialContext, DisableCompression: true,
		}},
	}
}

// keepUp sends rate requests a second until ctx ends, then waits for those
// under way. What each of them asks is fixed by the seed.
func (l *load) keepUp(ctx context.Context, rate float64, seed uint64) {
	var all sync.WaitGroup
	defer all.Wait()
	l.mu.Lock()
	l.started = time.Now()
	l.mu.Unlock()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := 0; ; i++ {
		due := l.started.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		timer.Reset(time.Until(due))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		l.leave(i, due)
		all.Go(func() {
			o := l.send(rand.New(rand.NewPCG(seed, uint64(i))), i)
			o.due, o.ended = due, time.Now()
			l.arrive(i, o)
		})
	}
}

func (l *load) leave(i int, due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flying[i] = due
}

func (l *load) arrive(i int, o outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.flying, i)
	l.outcomes = append(l.outcomes, o)
}

// between answers the outcomes of requests that were due, or that ended, from
// begin on, and how many are under way that were due before end.
func (l *load) between(begin, end time.Time) (found []outcome, flying int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range l.outcomes {
		if !o.ended.Before(begin) && o.due.Before(end) {
			found = append(found, o)
		}
	}
	for _, due := range l.flying {
		if due.Before(end) {
			flying++
		}
	}
	return found, flying
}

// settled waits until every request that was due before a moment has ended.
func (l *load) settled(ctx context.Context, before time.Time) {
	for ctx.Err() == nil {
		if _, flying := l.between(before, before); flying == 0 {
			return
		}
		pause(ctx, 50*time.Millisecond)
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
