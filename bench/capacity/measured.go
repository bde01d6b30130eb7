package capacity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"catalog/bench/measure"
	"catalog/contract"
)

// TaskRate is what one of ten tasks gets of a million requests a minute, in
// requests a second.
const TaskRate = 1e6 / 60 / 10

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
	traces, err := listenForTraces()
	if err != nil {
		return nil, err
	}
	defer traces.Close()
	m := &Measured{Products: products}
	with := map[string]string{contract.EnvOTLPEndpoint: traces.url(), contract.EnvOTelService: "catalog-bench", "GOMAXPROCS": "1"} // as the template has it
	cached, err := place.Serving(ctx, measure.Cached, with)
	if err != nil {
		return nil, err
	}
	defer cached.Stop()
	uncached, err := place.Serving(ctx, measure.Uncached, with)
	if err != nil {
		return nil, err
	}
	defer uncached.Stop()
	sample, err := measure.Sample(cached, 300)
	if err != nil {
		return nil, err
	}
	say("warming up")
	if _, err := place.Open(ctx, []*measure.Process{cached}, TaskRate/4, 2*span, Mix(sample, 1)); err != nil {
		return nil, err
	}
	for round := range rounds {
		seed := uint64(round) + 2
		if err := m.round(ctx, place, cached, Mix(sample, seed), span, traces); err != nil {
			return nil, err
		}
		l, err := place.Open(ctx, []*measure.Process{uncached}, uncachedRate, span, Mix(sample, seed+100))
		if err != nil {
			return nil, err
		}
		m.UncachedAPI, m.UncachedDatabase = append(m.UncachedAPI, l.ServerEach()), append(m.UncachedDatabase, l.DatabaseEach())
		say("API %.0f µs, PostgreSQL %.0f; without a cache %.0f, %.0f", m.API[round], m.Database[round], m.UncachedAPI[round], m.UncachedDatabase[round])
	}
	if err := m.parts(ctx, place, uncached, sample, span); err != nil {
		return nil, err
	}
	if m.Memory, err = measure.Memory(cached.PID()); err != nil {
		return nil, err
	}
	say("held to half a core")
	return m, m.hold(ctx, place, with, sample, span)
}

// round measures the task once.
func (m *Measured) round(ctx context.Context, place *measure.Place, s *measure.Process, mix measure.Source, span time.Duration, traces *traces) error {
	logged, traced := s.LogBytes(), traces.bytes.Load()
	l, err := place.Open(ctx, []*measure.Process{s}, TaskRate, span, mix)
	if err != nil {
		return err
	}
	m.API, m.Database = append(m.API, l.ServerEach()), append(m.Database, l.DatabaseEach())
	m.P50, m.P99 = measure.Quantile(l.Times, 0.5)*1000, measure.Quantile(l.Times, 0.99)*1000
	m.Failed += l.Failed
	n := float64(l.Requests)
	m.AnswerBytes, m.LogBytes, m.TraceBytes = float64(l.Bytes)/n, float64(s.LogBytes()-logged)/n, float64(traces.bytes.Load()-traced)/n
	return nil
}

// parts measures each kind of request by itself.
func (m *Measured) parts(ctx context.Context, place *measure.Place, s *measure.Process, sample measure.Sampled, span time.Duration) error {
	for _, k := range kinds(sample, rand.New(rand.NewPCG(1, 1))) {
		c, err := place.Closed(ctx, s, 2, span/2, only(sample, k.name, 500))
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		m.Parts = append(m.Parts, Part{k.name, k.share, c.ServerEach(), c.DatabaseEach()})
	}
	return nil
}

// traces is where a collector would be: it takes spans and counts their bytes.
type traces struct {
	net.Listener
	bytes atomic.Int64
}

func listenForTraces() (*traces, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &traces{Listener: l}
	go func() {
		err := http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			t.bytes.Add(n)
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(struct{}{})
		}))
		if !errors.Is(err, net.ErrClosed) {
			fmt.Println("the receiver of traces has ended:", err)
		}
	}()
	return t, nil
}

func (t *traces) url() string { return "http://" + t.Addr().String() }
