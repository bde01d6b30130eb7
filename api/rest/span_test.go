package rest_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"catalog/api/rest"
	"catalog/api/telemetry"
)

// spans is an exporter that keeps what it gets.
type spans struct {
	mu  sync.Mutex
	all []sdktrace.ReadOnlySpan
}

func (s *spans) ExportSpans(_ context.Context, all []sdktrace.ReadOnlySpan) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, all...)
	return nil
}

func (s *spans) Shutdown(context.Context) error { return nil }

// watched is a server with telemetry; stop sends what is left.
func watched(t testing.TB, store *memoryStore, o telemetry.Options) (h http.Handler, stop func()) {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	watch, err := telemetry.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return rest.New(rest.Options{Store: store, WriteTokens: []string{token}, Log: o.Log, Telemetry: watch}), watch.Close
}

// TestO2_EveryRequestIsASpanByItsRoute, those that fail and panic too, and a
// problem names the trace.
func TestO2_EveryRequestIsASpanByItsRoute(t *testing.T) {
	t.Parallel()
	kept, store := &spans{}, &memoryStore{}
	h, stop := watched(t, store, telemetry.Options{Exporter: kept})
	ask := func(method, path string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, nil)
		r.Header.Set("X-Amzn-Trace-Id", "Sampled=1")
		h.ServeHTTP(w, r)
		return w
	}
	ask("GET", "/health")
	missing := ask("GET", "/api/v1/products/01970000-0000-7000-8000-000000000000")
	ask("HEAD", "/api/v1/categories")
	ask("GET", "/nowhere")
	ask("GET", "//")
	store.before = func(context.Context, string) error { panic("a defect") }
	ask("GET", "/api/v1/categories")
	stop()
	want := []struct {
		name   string
		failed bool
	}{
		{"GET /api/v1/products/{id}", false}, {"HEAD /api/v1/categories", false}, {"GET", false}, {"GET", false}, {"GET /api/v1/categories", true},
	}
	if len(kept.all) != len(want) {
		t.Fatalf("%d spans, want %d", len(kept.all), len(want))
	}
	for i, s := range kept.all {
		if s.Name() != want[i].name || (s.Status().Code == codes.Error) != want[i].failed {
			t.Errorf("span %d is %q, %v; want %q", i, s.Name(), s.Status(), want[i].name)
		}
	}
	id := kept.all[0].SpanContext().TraceID().String()
	if body := missing.Body.String(); !strings.Contains(body, `"trace_id":"1-`+id[:8]+"-"+id[8:]+`"`) {
		t.Errorf("the span's trace is %s, the problem's in %s", id, body)
	}
}

// TestO2_StoreIsAskedBelowTheRequestsSpan: what it sends becomes its children.
func TestO2_StoreIsAskedBelowTheRequestsSpan(t *testing.T) {
	t.Parallel()
	kept, store := &spans{}, &memoryStore{}
	h, stop := watched(t, store, telemetry.Options{Exporter: kept})
	store.before = func(ctx context.Context, _ string) error {
		if telemetry.TraceID(ctx) == "" {
			t.Error("the store is asked without a trace")
		}
		return nil
	}
	r := httptest.NewRequest("GET", "/api/v1/categories", nil)
	r.Header.Set("X-Amzn-Trace-Id", "Sampled=1")
	h.ServeHTTP(httptest.NewRecorder(), r)
	stop()
	if len(kept.all) != 1 {
		t.Errorf("%d spans", len(kept.all))
	}
}
