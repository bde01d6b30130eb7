package capacity

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"catalog/bench/measure"
	"catalog/contract"
)

// TaskRate is what one of ten tasks gets of a million requests a minute, in
// requests a second.
const TaskRate = 1e6 / 60 / 10

// eager times the new products of the mix are measured besides: each of them
// empties every list that tasks keep. flush is longer than the API keeps spans.
const (
	eager = 10
	flush = 6 * time.Second
)

// uncachedRate is what PostgreSQL takes here when it answers everything.
const uncachedRate = 400

// Measured is one task under the mix at TaskRate, tracing on.
type Measured struct {
	Products int `json:"products"`
	// CPU in microseconds a request, a value a round: with the cache that a task
	// has, and without any: what caches would come to that every write empties.
	API              []float64 `json:"api_cpu_us"`
	Database         []float64 `json:"postgres_cpu_us"`
	UncachedAPI      []float64 `json:"uncached_api_cpu_us"`
	UncachedDatabase []float64 `json:"uncached_postgres_cpu_us"`
	P50              float64   `json:"p50_ms"`
	P99              float64   `json:"p99_ms"`
	Failed           int       `json:"failed"`
	// Bytes a request: of answers without their heads, of log lines, of traces.
	AnswerBytes float64 `json:"answer_bytes"`
	LogBytes    float64 `json:"log_bytes"`
	TraceBytes  float64 `json:"trace_bytes"`
	Memory      float64 `json:"memory_mib"`
	// Eager is the API's CPU with more new products: see eager.
	Eager float64 `json:"eager_api_cpu_us"`
	// Parts are the kinds of requests, one by one, without a cache.
	Parts []Part `json:"parts"`
	// Held is the same task held to half a core; nil where that cannot be done.
	Held *Held `json:"held,omitempty"`
	// NotHeld says why not.
	NotHeld string `json:"not_held,omitempty"`
}

// Part is a kind of request, alone: CPU in microseconds.
type Part struct {
	Kind     string  `json:"kind"`
	Share    int     `json:"share_of_10000"`
	API      float64 `json:"api_cpu_us"`
	Database float64 `json:"postgres_cpu_us"`
}

// Measure measures.
func Measure(ctx context.Context, place *measure.Place, products, rounds int, span time.Duration, say func(string, ...any)) (*Measured, error) {
	traces, err := measure.ListenForTraces()
	if err != nil {
		return nil, err
	}
	defer traces.Close()
	m := &Measured{Products: products}
	with := map[string]string{contract.EnvOTLPEndpoint: traces.URL(), contract.EnvOTelService: "catalog-bench", "GOMAXPROCS": "1"} // as the template has it
	cached, err := place.Serving(ctx, measure.Cached, with)
	if err != nil {
		return nil, err
	}
	defer cached.Stop()
	sample, err := measure.Sample(cached, products/100)
	if err != nil {
		return nil, err
	}
	say("warming up")
	if _, err := place.Open(ctx, []*measure.Process{cached}, TaskRate/4, 2*span, Mix(sample, Creates, 1)); err != nil {
		return nil, err
	}
	if err := m.rounds(ctx, place, cached, sample, rounds, span, traces, say); err != nil {
		return nil, err
	}
	if m.Memory, err = measure.Memory(cached.PID()); err != nil {
		return nil, err
	}
	if err := m.uncached(ctx, place, with, sample, rounds, span, say); err != nil {
		return nil, err
	}
	say("held to half a core")
	return m, m.hold(ctx, place, with, sample, span)
}

// rounds measures the task with its cache, while the fleet writes, and once with
// more new products than a catalog gets by requests.
func (m *Measured) rounds(ctx context.Context, place *measure.Place, s *measure.Process, sample measure.Sampled, rounds int, span time.Duration, traces *measure.Traces, say func(string, ...any)) error {
	logged, traced, requests := s.LogBytes(), traces.Bytes(), 0
	var times []float64
	for round := range rounds {
		err := withFleet(ctx, place, sample, Creates, func() error {
			l, err := place.Open(ctx, []*measure.Process{s}, TaskRate, span, Mix(sample, Creates, uint64(round)+2))
			if err != nil {
				return err
			}
			m.API, m.Database = append(m.API, l.ServerEach()), append(m.Database, l.DatabaseEach())
			m.Failed += l.Failed
			m.AnswerBytes += float64(l.Bytes)
			requests += l.Requests
			times = append(times, l.Times...)
			return nil
		})
		if err != nil {
			return err
		}
		say("API %.0f µs, PostgreSQL %.0f", m.API[round], m.Database[round])
	}
	time.Sleep(flush)
	slices.Sort(times)
	m.P50, m.P99 = measure.Quantile(times, 0.5)*1000, measure.Quantile(times, 0.99)*1000
	n := float64(requests)
	m.AnswerBytes, m.LogBytes, m.TraceBytes = m.AnswerBytes/n, float64(s.LogBytes()-logged)/n, float64(traces.Bytes()-traced)/n
	return withFleet(ctx, place, sample, eager*Creates, func() error {
		l, err := place.Open(ctx, []*measure.Process{s}, TaskRate, span, Mix(sample, eager*Creates, 900))
		m.Eager = l.ServerEach()
		say("with %d times the new products: API %.0f µs", eager, m.Eager)
		return err
	})
}

// uncached measures a task that keeps nothing, and each kind of request by
// itself.
func (m *Measured) uncached(ctx context.Context, place *measure.Place, with map[string]string, sample measure.Sampled, rounds int, span time.Duration, say func(string, ...any)) error {
	s, err := place.Serving(ctx, measure.Uncached, with)
	if err != nil {
		return err
	}
	defer s.Stop()
	for round := range rounds {
		l, err := place.Open(ctx, []*measure.Process{s}, uncachedRate, span, Mix(sample, Creates, uint64(round)+102))
		if err != nil {
			return err
		}
		m.UncachedAPI, m.UncachedDatabase = append(m.UncachedAPI, l.ServerEach()), append(m.UncachedDatabase, l.DatabaseEach())
		say("without a cache: API %.0f µs, PostgreSQL %.0f", m.UncachedAPI[round], m.UncachedDatabase[round])
	}
	return m.parts(ctx, place, s, sample, span)
}

// parts measures each kind of request by itself.
func (m *Measured) parts(ctx context.Context, place *measure.Place, s *measure.Process, sample measure.Sampled, span time.Duration) error {
	for _, k := range kinds(sample, rand.New(rand.NewPCG(1, 1)), Creates) {
		c, err := place.Closed(ctx, s, 2, span/2, only(sample, k.name, 500))
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		m.Parts = append(m.Parts, Part{k.name, k.share, c.ServerEach(), c.DatabaseEach()})
	}
	return nil
}
