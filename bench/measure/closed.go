package measure

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Source makes the requests of a load: the nth of a worker.
type Source func(worker, n int) []byte

// InTurn asks for paths, one after the other; each worker begins elsewhere.
func InTurn(paths []string) Source {
	requests := make([][]byte, len(paths))
	for i, p := range paths {
		requests[i] = Request(p)
	}
	return func(worker, n int) []byte { return requests[(worker*len(requests)/8+n)%len(requests)] }
}

// Cost is what a load cost.
type Cost struct {
	Requests int
	Span     time.Duration
	// Server and Database are CPU time of the server that was asked, with all
	// its processes, and of PostgreSQL.
	Server, Database time.Duration
	// Times are how long the requests took, in seconds, sorted.
	Times []float64
}

// Rate is requests a second.
func (c Cost) Rate() float64 { return float64(c.Requests) / c.Span.Seconds() }

// ServerEach and DatabaseEach are CPU in microseconds a request.
func (c Cost) ServerEach() float64   { return c.each(c.Server) }
func (c Cost) DatabaseEach() float64 { return c.each(c.Database) }

func (c Cost) each(cpu time.Duration) float64 {
	return float64(cpu.Nanoseconds()) / 1000 / float64(c.Requests)
}

// Closed asks with so many connections, each of which waits for its answer,
// and says what that cost. A quarter of the span goes before, to warm up.
func (p *Place) Closed(ctx context.Context, s *Process, connections int, span time.Duration, source Source) (Cost, error) {
	warming := func(worker, n int) []byte { return source(worker, -n-1+1<<30) }
	if _, err := loop(ctx, s, connections, span/4, warming); err != nil {
		return Cost{}, err
	}
	meter, err := p.meter(s)
	if err != nil {
		return Cost{}, err
	}
	began := time.Now()
	times, err := loop(ctx, s, connections, span, source)
	if err != nil {
		return Cost{}, err
	}
	c := Cost{Requests: len(times), Span: time.Since(began), Times: times}
	c.Server, c.Database, err = meter.read()
	if len(times) == 0 {
		return c, fmt.Errorf("no request was answered in %v", span)
	}
	return c, err
}

// loop answers how long each request took, sorted.
func loop(ctx context.Context, s *Process, connections int, span time.Duration, source Source) ([]float64, error) {
	timed, cancel := context.WithTimeout(ctx, span)
	defer cancel()
	times, errs := make([][]float64, connections), make([]error, connections)
	var workers sync.WaitGroup
	for i := range connections {
		workers.Go(func() { times[i], errs[i] = ask(timed, s, i, source) })
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	all := slices.Concat(times...)
	slices.Sort(all)
	return all, ctx.Err()
}

func ask(ctx context.Context, s *Process, worker int, source Source) (times []float64, err error) {
	c, err := Dial(s.Address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for n := 0; ctx.Err() == nil; n++ {
		request := source(worker, n)
		began := time.Now()
		body, status, err := c.Ask(request)
		if err == nil && status/100 != 2 {
			err = fmt.Errorf("the answer is %d: %.200s", status, body)
		}
		if err != nil {
			return nil, err
		}
		times = append(times, time.Since(began).Seconds())
	}
	return times, nil
}
