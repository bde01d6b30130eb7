package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"catalog/api/telemetry"
)

// records reads a log, each of whose lines must be a JSON object.
func records(t *testing.T, log string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(log) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, record)
	}
	return all
}

func TestO6_LogLinesAreJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "info")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("one\nline", "text", "Чайник \"1\"\x00\n{}", "n", 3)
	all := records(t, out.String())
	if len(all) != 1 || all[0]["msg"] != "one\nline" || all[0]["level"] != "INFO" || all[0]["time"] == nil ||
		all[0]["text"] != "Чайник \"1\"\x00\n{}" || all[0]["n"] != float64(3) {
		t.Errorf("logged %q", out.String())
	}
	if _, ok := all[0]["trace_id"]; ok {
		t.Error("a line outside a request has a trace")
	}
}

func TestLogLevels(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1, "INFO": 3} {
		var out bytes.Buffer
		log, err := telemetry.NewLogger(&out, level)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
			log.Log(t.Context(), l, "message")
		}
		if got := len(records(t, out.String())); got != want {
			t.Errorf("%s logs %d of 4 levels, want %d", level, got, want)
		}
	}
	for _, level := range []string{"", "loud", "5", "info "} {
		if _, err := telemetry.NewLogger(&bytes.Buffer{}, level); err == nil {
			t.Errorf("level %q is taken", level)
		}
	}
}

// TestO2_LinesCarryTheTrace: also those of a logger with attributes of its own.
func TestO2_LinesCarryTheTrace(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "info")
	if err != nil {
		t.Fatal(err)
	}
	ctx := telemetry.WithTraceID(t.Context(), "1-2-3")
	log.InfoContext(ctx, "plain")
	log.With("part", "store").InfoContext(ctx, "with an attribute")
	for _, record := range records(t, out.String()) {
		if record["trace_id"] != "1-2-3" {
			t.Errorf("logged %v", record)
		}
	}
	out.Reset()
	log.WithGroup("store").InfoContext(ctx, "in a group", "rows", 1)
	if !strings.Contains(out.String(), `"1-2-3"`) {
		t.Errorf("logged %s", out.String())
	}
}

func TestTraceIDOfAContext(t *testing.T) {
	t.Parallel()
	if id := telemetry.TraceID(context.Background()); id != "" {
		t.Errorf("no request has the trace %q", id)
	}
	if id := telemetry.TraceID(telemetry.WithTraceID(t.Context(), "a")); id != "a" {
		t.Errorf("the trace is %q", id)
	}
}

func header(trace string) http.Header { return http.Header{"X-Amzn-Trace-Id": {trace}} }

func TestO2_TraceComesFromTheLoadBalancer(t *testing.T) {
	t.Parallel()

	for _, given := range []string{
		"Root=" + root, "Self=1-2-3;Root=" + root, "Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1", "Self=1-2-3; Root=" + root,
	} {
		if got := telemetry.TraceIDOf(header(given)); got != root {
			t.Errorf("%q is the trace %q", given, got)
		}
	}
}

func TestO2_RequestWithoutATraceGetsOne(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, given := range []string{"", ";;", "Root=", "Root=;Self=1", "root=1-2-3", "Parent=1", "Root=" + strings.Repeat("a", 65)} {
		id := telemetry.TraceIDOf(header(given))
		if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" || seen[id] {
			t.Errorf("%q is the trace %q", given, id)
		}
		seen[id] = true
	}
	if len(telemetry.TraceIDOf(http.Header{})) != 32 {
		t.Error("a request without the header has no trace")
	}
}

// FuzzTraceIDOf: the header is a client's to write; it can neither swell the
// log nor break its lines.
func FuzzTraceIDOf(f *testing.F) {
	for _, seed := range []string{"Root=1-2-3", "", "Root=", "Root=a\"\n}", "Self=x;Root=\xff;Root=2", "Root=" + strings.Repeat("я", 40)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		id := telemetry.TraceIDOf(header(given))
		if id == "" || len(id) > 64 {
			t.Errorf("%q is the trace %q", given, id)
		}
		var out bytes.Buffer
		log, err := telemetry.NewLogger(&out, "info")
		if err != nil {
			t.Fatal(err)
		}
		log.InfoContext(telemetry.WithTraceID(t.Context(), id), "message")
		if all := records(t, out.String()); len(all) != 1 {
			t.Errorf("%q is %d lines", given, len(all))
		}
	})
}
