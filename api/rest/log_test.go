package rest_test

import (
	"strings"
	"testing"
)

func TestO6_EveryRequestIsOneLine(t *testing.T) {
	t.Parallel()
	f := serve(t)
	path := f.create(`{"sku":"A-1","name":"Kettle"}`)
	for _, want := range []struct {
		method, path, route string
		status              int
		level               string
	}{
		{"GET", "/health", "GET /health", 200, "DEBUG"},
		{"GET", path, "GET /api/v1/products/{id}", 200, "INFO"},
		{"GET", "/api/v1/products?limit=0", "GET /api/v1/products", 400, "INFO"},
		{"POST", path, "/api/v1/products/{id}", 405, "INFO"},
		{"GET", "/nowhere", "/", 404, "INFO"},
		{"GET", "/a//b", "", 404, "INFO"},
	} {
		before := len(f.log.lines(t, "request"))
		const root = "1-67891233-abcdef012345678912345678"
		a := f.ask(want.method, want.path, "", "X-Amzn-Trace-Id", "Self=1-2-3;Root="+root+";Sampled=1")
		records := f.log.lines(t, "request")
		if len(records) != before+1 {
			t.Fatalf("%s %s: %d lines", want.method, want.path, len(records)-before)
		}
		got := records[before]
		path, _, _ := strings.Cut(want.path, "?") // what a customer looks for is not logged
		for key, value := range map[string]any{
			"method": want.method, "path": path, "route": want.route, "status": float64(want.status),
			"level": want.level, "trace_id": root, "bytes": float64(len(a.body)),
		} {
			if got[key] != value {
				t.Errorf("%s %s: %s is %v, want %v", want.method, want.path, key, got[key], value)
			}
		}
		if took, ok := got["duration_ms"].(float64); !ok || took < 0 {
			t.Errorf("%s %s: the duration is %v", want.method, want.path, got["duration_ms"])
		}
	}
	f.server.Drain()
	f.get("/health")
	records := f.log.lines(t, "request")
	if last := records[len(records)-1]; last["level"] != "INFO" {
		t.Errorf("a health check that fails is logged as %v", last["level"])
	}
}

// TestO2_ProblemNamesItsTrace: what a client reports can be found in the logs.
func TestO2_ProblemNamesItsTrace(t *testing.T) {
	t.Parallel()
	f := serve(t)
	p := wantProblem(t, f.ask("GET", "/nowhere", "", "X-Amzn-Trace-Id", "Root=1-a-b"), 404, "no_such_path")
	if p.TraceID != "1-a-b" {
		t.Errorf("the trace is %q", p.TraceID)
	}
	first, second := f.get("/nowhere"), f.get("/nowhere")
	a, b := wantProblem(t, first, 404, "no_such_path"), wantProblem(t, second, 404, "no_such_path")
	if a.TraceID == b.TraceID || len(a.TraceID) != 32 {
		t.Errorf("requests without a trace got %q and %q", a.TraceID, b.TraceID)
	}
}
