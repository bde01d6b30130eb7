package telemetry_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"catalog/api/telemetry"
)

// What a load balancer sends, and the same trace as OpenTelemetry writes it.
const (
	root    = "1-67891233-abcdef012345678912345678"
	traceID = "67891233abcdef012345678912345678"
	parent  = "53995c3f42cd8ad8"
)

// keeper is an exporter that keeps what it gets.
type keeper struct {
	mu    sync.Mutex
	spans tracetest.SpanStubs
}

func (k *keeper) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spans = append(k.spans, tracetest.SpanStubsFromReadOnlySpans(spans)...)
	return nil
}

func (k *keeper) Shutdown(context.Context) error { return nil }

// output is a buffer that others write to at any time.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// take answers what was written since the last time.
func (o *output) take() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.text.Reset()
	return o.text.String()
}

func start(t testing.TB, o telemetry.Options) *telemetry.Telemetry {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Service, o.Version, o.Environment = "catalog-test", "v1.2.3", "test"
	watch, err := telemetry.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return watch
}

// answer serves a request as the API does and answers the trace id that its
// log lines and problems would have.
func answer(watch *telemetry.Telemetry, r *http.Request, status int, took time.Duration) (id string) {
	ctx, q := watch.Begin(r.Context(), r)
	r = r.WithContext(ctx)
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /api/v1/products/{id}", "/api/v1/products/{id}", "/"} {
		mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) { id = telemetry.TraceID(r.Context()) })
	}
	mux.ServeHTTP(httptest.NewRecorder(), r)
	q.End(r, status, took)
	return id
}

func request(method, path, xray string) *http.Request {
	r := httptest.NewRequest(method, path, nil)
	if xray != "" {
		r.Header.Set("X-Amzn-Trace-Id", xray)
	}
	return r
}

// spansOf are those of requests that were answered one after the other.
func spansOf(t *testing.T, requests ...*http.Request) tracetest.SpanStubs {
	t.Helper()
	kept := &keeper{}
	watch := start(t, telemetry.Options{Exporter: kept})
	for _, r := range requests {
		answer(watch, r, http.StatusOK, time.Millisecond)
	}
	watch.Close()
	return kept.spans
}

// TestO2_TraceGoesOnFromTheLoadBalancer: with a span above or, as a load
// balancer sends it, without one.
func TestO2_TraceGoesOnFromTheLoadBalancer(t *testing.T) {
	t.Parallel()
	for given, above := range map[string]string{
		"Root=" + root + ";Parent=" + parent + ";Sampled=1":               parent,
		"Self=1-67891234-x;Root=" + root + ";Sampled=1":                   "",
		"Sampled=1; Parent=" + parent + " ;Root=" + root + ";Lineage=a:0": parent,
		"Root=" + root + ";Parent=nonsense16chars!;Sampled=1":             "",
		"Root=" + root + ";Parent=12;Sampled=1":                           "",
	} {
		spans := spansOf(t, request("GET", "/api/v1/products/7", given))
		if len(spans) != 1 {
			t.Fatalf("%q makes %d spans", given, len(spans))
		}
		s := spans[0]
		got := ""
		if s.Parent.HasSpanID() {
			got = s.Parent.SpanID().String()
		}
		if s.SpanContext.TraceID().String() != traceID || got != above || !s.SpanContext.SpanID().IsValid() {
			t.Errorf("%q is the trace %s below %q", given, s.SpanContext.TraceID(), got)
		}
	}
}

// TestO2_CallerDecidesWhatIsTraced, and the trace's id where it does not: 5 in
// a hundred, in every service the same.
func TestO2_CallerDecidesWhatIsTraced(t *testing.T) {
	t.Parallel()
	const never, always = "1-67891233-abcdef01ffffffffffffffff", "1-67891233-abcdef010000000000000000"
	for given, want := range map[string]int{
		"Root=" + never + ";Sampled=1":  1,
		"Root=" + never:                 0,
		"Root=" + never + ";Sampled=?":  0,
		"Root=" + always:                1,
		"Root=" + always + ";Sampled=?": 1,
		"Root=" + always + ";Sampled=0": 0,
		"Sampled=0":                     0,
		"Sampled=1":                     1,
		"Root=1-2-3;Sampled=1":          1,
	} {
		if spans := spansOf(t, request("GET", "/api/v1/products/7", given)); len(spans) != want {
			t.Errorf("%q makes %d spans, want %d", given, len(spans), want)
		}
	}
	const asked = 20_000
	kept := &keeper{}
	watch := start(t, telemetry.Options{Exporter: kept})
	for range asked { // the queue holds twice as many as are traced
		answer(watch, request("GET", "/api/v1/products/7", ""), http.StatusOK, 0)
	}
	watch.Close()
	if share := float64(len(kept.spans)) / asked * 100; share < telemetry.SampledPercent-1 || share > telemetry.SampledPercent+1 {
		t.Errorf("%.2f %% of the requests are traced, want %d", share, telemetry.SampledPercent)
	}
}

// TestO2_SpanSaysWhatWasAskedAndAnswered, and nothing of what a customer
// looked for or where he is.
func TestO2_SpanSaysWhatWasAskedAndAnswered(t *testing.T) {
	t.Parallel()
	kept := &keeper{}
	watch := start(t, telemetry.Options{Exporter: kept})
	r := request("GET", "/api/v1/products/7?q=secret", "Sampled=1")
	r.Header.Set("User-Agent", "shop/1")
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-For", "203.0.113.7")
	r.Header.Set("Authorization", "Bearer secret")
	r.Host = "shop.example:8080"
	answer(watch, r, http.StatusServiceUnavailable, time.Second)
	answer(watch, request("GET", "/"+strings.Repeat("a", 300), "Sampled=1"), http.StatusNotFound, 0)
	answer(watch, request("PATCH", "/api/v1/products/7", "Sampled=1"), http.StatusMethodNotAllowed, 0)
	answer(watch, request("BREW", "/api/v1/products/7", "Sampled=1"), 0, 0)
	watch.Close()
	if len(kept.spans) != 4 {
		t.Fatalf("%d spans", len(kept.spans))
	}
	first := kept.spans[0]
	for key, want := range map[string]string{
		"http.request.method": "GET", "http.route": "/api/v1/products/{id}", "http.response.status_code": "503", "error.type": "503",
		"url.path": "/api/v1/products/7", "url.scheme": "https", "server.address": "shop.example", "user_agent.original": "shop/1",
		"network.protocol.version": "1.1",
	} {
		if got := attributeOf(first.Attributes, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	for _, a := range first.Attributes {
		if text := a.Value.String(); strings.Contains(text, "secret") || strings.Contains(text, "203.0.113.7") {
			t.Errorf("%s holds %s", a.Key, text)
		}
	}
	if first.SpanKind != trace.SpanKindServer || first.Status.Code != codes.Error {
		t.Errorf("kind %v, status %v", first.SpanKind, first.Status)
	}
	for key, want := range map[string]string{
		"service.name": "catalog-test", "service.version": "v1.2.3", "deployment.environment.name": "test", "telemetry.sdk.language": "go",
	} {
		if got := attributeOf(first.Resource.Attributes(), key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	for i, want := range []string{"GET /api/v1/products/{id}", "GET", "PATCH /api/v1/products/{id}", "HTTP /api/v1/products/{id}"} {
		if kept.spans[i].Name != want {
			t.Errorf("span %d is %q, want %q", i, kept.spans[i].Name, want)
		}
	}
	if path := attributeOf(kept.spans[1].Attributes, "url.path"); len(path) != 256 || kept.spans[1].Status.Code == codes.Error {
		t.Errorf("a long path is %d bytes, its status %v", len(path), kept.spans[1].Status)
	}
	if last := kept.spans[3].Attributes; attributeOf(last, "http.request.method") != "_OTHER" || attributeOf(last, "http.response.status_code") != "200" {
		t.Errorf("a method that nobody knows is %v", last)
	}
}

func attributeOf(all []attribute.KeyValue, key string) string {
	for _, a := range all {
		if string(a.Key) == key {
			return a.Value.String()
		}
	}
	return ""
}

// TestO2_LogAndSpanHaveOneTrace: the id that came, else the span's in X-Ray's
// form, so that a client's report leads to both.
func TestO2_LogAndSpanHaveOneTrace(t *testing.T) {
	t.Parallel()
	kept := &keeper{}
	watch := start(t, telemetry.Options{Exporter: kept})
	for given, want := range map[string]string{"Root=" + root + ";Sampled=0": root, "Root=odd;Sampled=0": "odd"} {
		if id := answer(watch, request("GET", "/api/v1/products/7", given), http.StatusOK, 0); id != want {
			t.Errorf("%q is the trace %q", given, id)
		}
	}
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "info")
	if err != nil {
		t.Fatal(err)
	}
	ctx, q := watch.Begin(t.Context(), request("GET", "/", "Sampled=1"))
	log.InfoContext(ctx, "message")
	q.End(request("GET", "/", ""), http.StatusOK, 0)
	watch.Close()
	id := kept.spans[0].SpanContext.TraceID().String()
	if got := records(t, out.String())[0]["trace_id"]; got != "1-"+id[:8]+"-"+id[8:] {
		t.Errorf("the log's trace is %v, the span's %s", got, id)
	}
	began, err := strconv.ParseInt(id[:8], 16, 64)
	if age := time.Since(time.Unix(began, 0)); err != nil || age < -time.Minute || age > time.Minute { // X-Ray refuses an old one
		t.Errorf("the trace %s is %s old", id, age)
	}
}

// TestO2_HealthChecksAreNotTraced, whoever asks.
func TestO2_HealthChecksAreNotTraced(t *testing.T) {
	t.Parallel()
	if spans := spansOf(t, request("GET", "/health", "Sampled=1"), request("HEAD", "/health?x", "Sampled=1")); len(spans) != 0 {
		t.Errorf("%d spans", len(spans))
	}
}
