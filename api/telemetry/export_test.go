package telemetry_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"catalog/api/telemetry"
)

// otlp is what a collector reads of an export request.
type otlp struct {
	ResourceSpans []struct {
		Resource   struct{ Attributes []otlpAttribute }
		ScopeSpans []struct {
			Scope struct{ Name string }
			Spans []otlpSpan
		}
	}
}

type otlpSpan struct {
	TraceID, SpanID, ParentSpanID, Name string
	Kind                                int
	StartTimeUnixNano, EndTimeUnixNano  string
	Attributes                          []otlpAttribute
	Events                              []struct{ TimeUnixNano, Name string }
	Status                              struct{ Code int }
}

type otlpAttribute struct {
	Key   string
	Value struct {
		StringValue, IntValue *string
		BoolValue             *bool
		DoubleValue           *float64
	}
}

func textOf(all []otlpAttribute, key string) string {
	for _, a := range all {
		switch v := a.Value; {
		case a.Key != key:
		case v.StringValue != nil:
			return *v.StringValue
		case v.IntValue != nil:
			return *v.IntValue
		case v.BoolValue != nil:
			return strconv.FormatBool(*v.BoolValue)
		case v.DoubleValue != nil:
			return strconv.FormatFloat(*v.DoubleValue, 'g', -1, 64)
		}
	}
	return ""
}

// collector takes OTLP and answers as it is told.
func collector(t *testing.T, status int, answered string) (endpoint string, got chan otlp) {
	t.Helper()
	got = make(chan otlp, 100)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request otlp
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &request)
		}
		if err != nil || r.Method != "POST" || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %v: %v: %s", r.Method, r.URL, r.Header, err, body)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, answered)
		got <- request
	}))
	t.Cleanup(h.Close)
	return h.URL, got
}

// TestO2_SpansReachTheCollector in OTLP's JSON, a statement's below its
// request's.
func TestO2_SpansReachTheCollector(t *testing.T) {
	t.Parallel()
	endpoint, got := collector(t, http.StatusOK, `{"partialSuccess":{}}`)
	watch := start(t, telemetry.Options{Endpoint: endpoint + "/"})
	r := request("GET", "/\xff", "Root="+root+";Parent="+parent+";Sampled=1")
	begun := time.Now()
	ctx, q := watch.Begin(t.Context(), r)
	_, child := trace.SpanFromContext(ctx).TracerProvider().Tracer("statements").Start(ctx, "SELECT product",
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.Bool("a", true), attribute.Float64("b", 1.5), attribute.StringSlice("c", []string{"x"})))
	child.AddEvent("waited")
	child.SetStatus(codes.Error, "")
	child.End()
	q.End(r, http.StatusOK, 0)
	watch.Close()
	all := (<-got).ResourceSpans
	if len(all) != 1 || len(all[0].ScopeSpans) != 2 || len(got) != 0 {
		t.Fatalf("the collector got %+v", all)
	}
	if version := textOf(all[0].Resource.Attributes, "service.version"); version != "v1.2.3" {
		t.Errorf("the version is %q", version)
	}
	statement, served := all[0].ScopeSpans[0].Spans[0], all[0].ScopeSpans[1].Spans[0]
	if all[0].ScopeSpans[0].Scope.Name != "statements" || statement.Name != "SELECT product" || statement.Kind != 3 || statement.Status.Code != 2 ||
		statement.TraceID != traceID || statement.ParentSpanID != served.SpanID || len(statement.Events) != 1 {
		t.Errorf("the statement is %+v", statement)
	}
	for key, want := range map[string]string{"a": "true", "b": "1.5", "c": `["x"]`} {
		if got := textOf(statement.Attributes, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if served.Kind != 2 || served.Status.Code != 0 || served.TraceID != traceID || served.ParentSpanID != parent || len(served.SpanID) != 16 {
		t.Errorf("the request is %+v", served)
	}
	if textOf(served.Attributes, "http.response.status_code") != "200" || textOf(served.Attributes, "url.path") != "/\ufffd" {
		t.Errorf("its attributes are %+v", served.Attributes)
	}
	from, err := strconv.ParseInt(served.StartTimeUnixNano, 10, 64)
	to, err2 := strconv.ParseInt(served.EndTimeUnixNano, 10, 64)
	if err != nil || err2 != nil || from < begun.UnixNano() || to < from || to > time.Now().UnixNano() {
		t.Errorf("it took from %s to %s", served.StartTimeUnixNano, served.EndTimeUnixNano)
	}
}

// TestO2_CollectorThatTakesNoSpansIsNamedInTheLog with what it says.
func TestO2_CollectorThatTakesNoSpansIsNamedInTheLog(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	full, _ := collector(t, http.StatusServiceUnavailable, "")
	picky, _ := collector(t, http.StatusOK, `{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}`)
	for endpoint, want := range map[string]string{"http://" + l.Addr().String(): "refused", full: "503", picky: "1 spans: too old"} {
		var out output
		log, err := telemetry.NewLogger(&out, "info")
		if err != nil {
			t.Fatal(err)
		}
		watch := start(t, telemetry.Options{Endpoint: endpoint, Log: log})
		begun := time.Now()
		for range 1000 { // more than a batch
			answer(watch, request("GET", "/", "Sampled=1"), http.StatusOK, 0)
		}
		watch.Close()
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%s: it took %s", endpoint, took)
		}
		said := out.take()
		all := records(t, said)
		if len(all) != 1 || all[0]["level"] != "WARN" || !strings.Contains(all[0]["error"].(string), want) || !strings.Contains(all[0]["error"].(string), endpoint) {
			t.Errorf("%s: logged %s", endpoint, said)
		}
	}
}

func TestEndpointThatIsNoURL(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"127.0.0.1:4318", "localhost", "grpc://127.0.0.1:4317", "http://", "http://a b"} {
		_, err := telemetry.Start(t.Context(), telemetry.Options{Endpoint: endpoint})
		if err == nil || !strings.Contains(err.Error(), strconv.Quote(endpoint)) || !strings.Contains(err.Error(), "http://127.0.0.1:4318") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

// exporting is an exporter that does what it is told.
type exporting func(context.Context, []sdktrace.ReadOnlySpan) error

func (e exporting) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return e(ctx, spans)
}
func (e exporting) Shutdown(context.Context) error { return nil }

// TestO2_LostSpansAreOneLineAMinute, however often the collector fails.
func TestO2_LostSpansAreOneLineAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		log, err := telemetry.NewLogger(&out, "info")
		if err != nil {
			t.Fatal(err)
		}
		exports := 0
		watch := start(t, telemetry.Options{Log: log, Exporter: exporting(func(context.Context, []sdktrace.ReadOnlySpan) error {
			exports++
			return errors.New("away")
		})})
		for range 10 * 60 {
			answer(watch, request("GET", "/", "Sampled=1"), http.StatusOK, 0)
			time.Sleep(time.Second)
		}
		watch.Close()
		all := records(t, out.take())
		lost := 0.0
		for _, record := range all {
			lost += record["spans"].(float64)
		}
		// The last minute's are not told of.
		if exports < 100 || len(all) < 9 || len(all) > 10 || lost < 9*60-10 {
			t.Errorf("%d exports failed; %d lines tell of %v spans", exports, len(all), lost)
		}
	})
}

// TestO2_CollectorThatHangsHoldsNobodyUp: neither requests, when the queue is
// full, nor the end of the task.
func TestO2_CollectorThatHangsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		log, err := telemetry.NewLogger(&out, "info")
		if err != nil {
			t.Fatal(err)
		}
		watch := start(t, telemetry.Options{Log: log, Exporter: exporting(func(ctx context.Context, _ []sdktrace.ReadOnlySpan) error {
			<-ctx.Done()
			return ctx.Err()
		})})
		begun := time.Now()
		for range 10_000 {
			answer(watch, request("GET", "/", "Sampled=1"), http.StatusOK, 0)
		}
		if took := time.Since(begun); took != 0 {
			t.Errorf("the requests waited %s", took)
		}
		watch.Close()
		if took := time.Since(begun); took != 2*time.Second {
			t.Errorf("the end took %s", took)
		}
		if said := out.take(); !strings.Contains(said, "not delivered") {
			t.Errorf("logged %s", said)
		}
		time.Sleep(time.Minute) // what is left gives up
	})
}
