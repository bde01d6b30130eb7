package measure

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Latency is what a load at a fixed rate met.
type Latency struct {
	Cost
	// Failed counts the answers that were not 2xx, and no answers.
	Failed int
	// Behind is how late the latest request left, in seconds.
	Behind float64
	// Bytes are those of the answers' bodies.
	Bytes int64
}

// waiting bounds the requests in flight: more than any server here needs.
const waiting = 128

// Open sends requests at a fixed rate, to servers in turn, whatever the answers
// do. Each is measured from the moment it was due, so that a server that stops
// shows that in all that were due meanwhile. CPU is that of all the servers.
func (p *Place) Open(ctx context.Context, servers []*Process, rate float64, span time.Duration, source Source) (Latency, error) {
	meter, err := p.meter(servers...)
	if err != nil {
		return Latency{}, err
	}
	due := make(chan order, waiting*8)
	records := make([]record, waiting)
	var workers sync.WaitGroup
	for i := range waiting {
		workers.Go(func() { records[i].serve(servers[i%len(servers)], due, i, source) })
	}
	began := time.Now()
	err = schedule(ctx, due, rate, span)
	close(due)
	workers.Wait()
	if err != nil {
		return Latency{}, err
	}
	l := Latency{Cost: Cost{Span: time.Since(began)}}
	for _, r := range records {
		l.Times = append(l.Times, r.times...)
		l.Failed += r.failed
		l.Bytes += r.bytes
		l.Behind = max(l.Behind, r.behind)
	}
	slices.Sort(l.Times)
	if l.Requests = len(l.Times); l.Requests == 0 {
		return l, fmt.Errorf("none of %d requests was answered", l.Failed)
	}
	l.Server, l.Database, err = meter.read()
	return l, err
}

// schedule says what is due, until all of it was or ctx ends.
func schedule(ctx context.Context, due chan<- order, rate float64, span time.Duration) error {
	began := time.Now()
	for n := range int(rate * span.Seconds()) {
		at := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(at)):
			due <- order{n, at}
		}
	}
	return nil
}

// order is one request of the schedule.
type order struct {
	number int
	at     time.Time
}

// record is what one connection met.
type record struct {
	times  []float64
	failed int
	behind float64
	bytes  int64
}

func (r *record) serve(s *Process, due <-chan order, worker int, source Source) {
	var c *Client
	defer func() {
		if c != nil {
			c.Close()
		}
	}()
	for o := range due {
		request := source(worker, o.number)
		r.behind = max(r.behind, time.Since(o.at).Seconds())
		var err error
		if c == nil {
			if c, err = Dial(s.Address); err != nil {
				r.failed++
				continue
			}
		}
		body, status, err := c.Ask(request)
		if err != nil {
			c.Close()
			c = nil
		}
		if err != nil || status/100 != 2 {
			r.failed++
			continue
		}
		r.bytes += int64(len(body))
		r.times = append(r.times, time.Since(o.at).Seconds())
	}
}
