package telemetry_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"catalog/api/telemetry"
)

// watched is a request from its begin to its end, without the API between.
func watched(watch *telemetry.Telemetry, r *http.Request) {
	_, q := watch.Begin(r.Context(), r)
	q.End(r, http.StatusOK, time.Millisecond)
}

// costs are what a request is watched with.
func costs(t testing.TB) map[string]*telemetry.Telemetry {
	all := map[string]*telemetry.Telemetry{
		"nothing":  nil,
		"metrics":  start(t, telemetry.Options{Metrics: io.Discard}),
		"exporter": start(t, telemetry.Options{Metrics: io.Discard, Exporter: forgetter{}}),
	}
	t.Cleanup(func() { all["metrics"].Close(); all["exporter"].Close() })
	return all
}

// forgetter is a collector that costs nothing.
type forgetter struct{}

func (forgetter) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (forgetter) Shutdown(context.Context) error                             { return nil }

// TestO2_RequestThatIsNotTracedAllocatesNothingMore than its trace id did
// before there were spans.
func TestO2_RequestThatIsNotTracedAllocatesNothingMore(t *testing.T) {
	for _, given := range []string{"Sampled=0", "Root=" + root, "Root=" + root + ";Parent=" + parent + ";Sampled=0"} {
		r := request("GET", "/api/v1/products/7", given)
		allocations := map[string]float64{}
		for name, watch := range costs(t) {
			allocations[name] = testing.AllocsPerRun(1000, func() { watched(watch, r) })
		}
		if more := allocations["exporter"] - allocations["nothing"]; more > 0 {
			t.Errorf("%q: %v more allocations", given, more)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	for _, header := range []struct{ name, value string }{
		{"fromLoadBalancer", "Root=" + root}, {"unsampled", "Sampled=0"}, {"sampled", "Root=" + root + ";Sampled=1"},
	} {
		for name, watch := range costs(b) {
			b.Run(header.name+"/"+name, func(b *testing.B) {
				r := request("GET", "/api/v1/products/7", header.value)
				r.Pattern = "GET /api/v1/products/{id}"
				b.ReportAllocs()
				for b.Loop() {
					watched(watch, r)
				}
			})
		}
	}
}
