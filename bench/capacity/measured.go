package capacity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	// Held is the same task held to half a core; nil where that cannot be done.
	Held *Held `json:"held,omitempty"`
	// NotHeld says why not.
	NotHeld string `json:"not_held,omitempty"`
}

// Measure measures.
func Measure(ctx context.Context, place *measure.Place, products, rounds int, span time.Duration, say func(string, ...any)) (*Measured, error) {
	traces, err := listenForTraces()
	if err != nil {
		return nil, err
	}
	defer traces.Close()
	m := &Measured{Products: products}
	with := map[string]string{contract.EnvOTLPEndpoint: traces.url(), contract.EnvOTelService: "catalog-bench"}
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
	mix, err := source(cached, 1)
	if err != nil {
		return nil, err
	}
	say("warming up")
	if _, err := place.Open(ctx, []*measure.Process{cached}, TaskRate/2, 2*span, mix); err != nil {
		return nil, err
	}
	for round := range rounds {
		mix, err := source(cached, uint64(round)+2)
		if err != nil {
			return nil, err
		}
		if err := m.round(ctx, place, cached, mix, span, traces); err != nil {
			return nil, err
		}
		without, err := source(cached, uint64(round)+102)
		if err != nil {
			return nil, err
		}
		l, err := place.Open(ctx, []*measure.Process{uncached}, TaskRate/2, span, without)
		if err != nil {
			return nil, err
		}
		m.UncachedAPI, m.UncachedDatabase = append(m.UncachedAPI, l.ServerEach()), append(m.UncachedDatabase, l.DatabaseEach())
		say(" %.0f + %.0f µs", m.API[round], m.Database[round])
	}
	if m.Memory, err = measure.Memory(cached.PID()); err != nil {
		return nil, err
	}
	say(", held to half a core")
	return m, m.hold(ctx, place, with, span)
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

// source draws a mix from the catalog that a server has.
func source(s *measure.Process, seed uint64) (measure.Source, error) {
	products, lists, err := measure.Sample(s, 300)
	if err != nil {
		return nil, err
	}
	var page struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	if err := s.GetJSON(measure.ProductsPath+"?fields=name&limit=100", &page); err != nil {
		return nil, err
	}
	var names []string
	for _, item := range page.Items {
		names = append(names, item.Name)
	}
	return Mix(products, lists, names, seed), nil
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
