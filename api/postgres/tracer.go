package postgres

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// tracer makes a span of each statement below the span of its request. Where
// the request has none, because it is not sampled or because nobody asked for
// the statement, it looks once into the context and does nothing.
//
// A span says what was done to which table, never with which values: those,
// and the messages of errors, which may hold values, are customers' data.
type tracer struct{ database []attribute.KeyValue }

var (
	_ pgx.QueryTracer    = tracer{}
	_ pgx.BatchTracer    = tracer{}
	_ pgx.CopyFromTracer = tracer{}
)

func newTracer(o Options) tracer {
	return tracer{[]attribute.KeyValue{
		attribute.String("db.system.name", "postgresql"),
		attribute.String("db.namespace", o.Database),
		attribute.String("server.address", o.Host),
		attribute.Int("server.port", int(o.Port)),
		// The same in the words of OpenTelemetry's past: the collector's X-Ray
		// exporter knows no others, and without them X-Ray's map would show
		// each statement as a service of its own.
		attribute.String("db.system", "postgresql"),
		attribute.String("db.name", o.Database),
		attribute.String("db.connection_string", "postgresql://"+net.JoinHostPort(o.Host, strconv.Itoa(int(o.Port)))),
	}}
}

// TraceQueryStart is called by Query, QueryRow and Exec.
func (t tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	operation, table := summary(data.SQL)
	return t.start(ctx, operation, table)
}

// TraceQueryEnd is called when the statement's rows have been read.
func (t tracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	if data.CommandTag.Select() {
		span.SetAttributes(attribute.Int64("db.response.returned_rows", data.CommandTag.RowsAffected()))
	}
	end(span, data.Err)
}

// TraceBatchStart makes one span of a batch: its statements travel together.
func (t tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	table := ""
	if queued := data.Batch.QueuedQueries; len(queued) > 0 {
		first, of := summary(queued[0].SQL)
		table = strings.TrimSpace(first + " " + of)
	}
	return t.start(ctx, "BATCH", table, attribute.Int("db.operation.batch.size", data.Batch.Len()))
}

// TraceBatchQuery notes which of a batch's statements failed.
func (t tracer) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if span := trace.SpanFromContext(ctx); data.Err != nil && span.IsRecording() {
		fail(span, data.Err)
	}
}

// TraceBatchEnd is called when the batch's last result has been read.
func (t tracer) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	end(trace.SpanFromContext(ctx), data.Err)
}

// TraceCopyFromStart makes one span of a COPY, however many rows it sends.
func (t tracer) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromStartData) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	return t.start(ctx, "COPY", strings.Join(data.TableName, "."))
}

// TraceCopyFromEnd is called when the server has taken the rows.
func (t tracer) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromEndData) {
	end(trace.SpanFromContext(ctx), data.Err)
}

// start makes a span below the one in ctx, with the tracer that made that one.
func (t tracer) start(ctx context.Context, operation, table string, more ...attribute.KeyValue) context.Context {
	name := strings.TrimSpace(operation + " " + table)
	more = append(more, attribute.String("db.operation.name", operation), attribute.String("db.query.summary", name))
	ctx, _ = trace.SpanFromContext(ctx).TracerProvider().Tracer("catalog/api/postgres").Start(ctx, name,
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(t.database...), trace.WithAttributes(more...))
	return ctx
}

func end(span trace.Span, err error) {
	if !span.IsRecording() {
		return
	}
	if err != nil {
		fail(span, err)
	}
	span.End()
}

func fail(span trace.Span, err error) {
	var server *pgconn.PgError
	kind := "connection"
	switch {
	case errors.As(err, &server):
		kind = server.Code
		span.SetAttributes(attribute.String("db.response.status_code", server.Code))
	case errors.Is(err, context.DeadlineExceeded):
		kind = "timeout"
	case errors.Is(err, context.Canceled):
		kind = "cancelled"
	}
	span.SetAttributes(attribute.String("error.type", kind))
	span.SetStatus(codes.Error, "")
}
