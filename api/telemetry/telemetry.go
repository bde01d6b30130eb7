// Package telemetry makes what the API does visible from outside: structured
// logs, each line with the id of the request's trace; a span for some of the
// requests and each of their SQL statements, sent to the task's collector; and
// one line of metrics a minute.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

type traceKey struct{}

// WithTraceID puts a request's trace id into its context.
func WithTraceID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, traceKey{}, id)
}

// TraceID takes it out again; "" where there is none.
func TraceID(ctx context.Context) string {
	id, _ := ctx.Value(traceKey{}).(string)
	return id
}

// NewLogger writes one JSON line per record, with the trace id of its context.
// The level is debug, info, warn or error.
func NewLogger(w io.Writer, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("%q is no log level: it must be debug, info, warn or error", level)
	}
	handler := slog.Handler(traceHandler{lineHandler{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}), w}})
	if gathers, ok := w.(*Writer); ok {
		handler = urgentHandler{handler, gathers}
	}
	return slog.New(handler), nil
}

type traceHandler struct{ slog.Handler }

func (h traceHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := TraceID(ctx); id != "" {
		r.AddAttrs(slog.String("trace_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h traceHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return traceHandler{h.Handler.WithAttrs(attrs)}
}

func (h traceHandler) WithGroup(name string) slog.Handler {
	return traceHandler{h.Handler.WithGroup(name)}
}
