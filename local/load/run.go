package load

import (
	"context"
	"sync"
	"time"
)

// progressEvery is how often Run reports while it works.
const progressEvery = 2 * time.Second

// Run sends load until its duration is over or ctx ends, which is no error:
// the report then is about less. progress may be nil.
func Run(ctx context.Context, o Options, progress func(Report)) (Report, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Report{}, err
	}
	t := newTally(o.Rate)
	s := newSender(o, t)
	defer s.client.CloseIdleConnections()
	stopProgress := report(t, progress)
	s.schedule(ctx)
	stopProgress()
	return t.report(), nil
}

// schedule lets each request leave when it is due. A worker is started when
// all others are busy, until there are as many as may be. Requests in flight
// are waited for when ctx ends: they are no failures.
func (s *sender) schedule(ctx context.Context) {
	total := int(s.options.Rate * s.options.Duration.Seconds())
	due := make(chan job)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(due)
	started := 0
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := range max(1, total) {
		j := job{s.options.Paths[i%len(s.options.Paths)], s.tally.begin.Add(time.Duration(float64(i) / s.options.Rate * float64(time.Second)))}
		if wait := time.Until(j.due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return
			}
		}
		select {
		case due <- j:
			continue
		default:
		}
		if started < s.options.Concurrency {
			started++
			workers.Go(func() { s.work(j, due) })
			continue
		}
		select {
		case due <- j:
		case <-ctx.Done():
			return
		}
	}
}

// job is a request with the moment it is due.
type job struct {
	path string
	due  time.Time
}

// work sends its first request and then those that wait.
func (s *sender) work(first job, due <-chan job) {
	ctx := context.Background() // the client's timeout bounds each
	s.send(ctx, first.path, first.due)
	for j := range due {
		s.send(ctx, j.path, j.due)
	}
}

// report calls progress now and then until it is stopped.
func report(t *tally, progress func(Report)) (stop func()) {
	if progress == nil {
		return func() {}
	}
	quit := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(progressEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				progress(t.report())
			case <-quit:
				return
			}
		}
	})
	return func() {
		close(quit)
		running.Wait()
	}
}
