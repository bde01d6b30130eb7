package telemetry

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"catalog/contract"
)

// Request is one that is being answered.
type Request struct {
	meter *meter
	span  trace.Span // nil where it is not traced
}

// Begin takes a request: the context that it answers has the trace id and,
// for one that is sampled, the span. Health checks have no span and count
// nowhere: the load balancer sends more of them than customers do at night.
func (t *Telemetry) Begin(ctx context.Context, r *http.Request) (context.Context, Request) {
	if t == nil {
		return WithTraceID(ctx, TraceIDOf(r.Header)), Request{}
	}
	in := readHeader(r.Header.Get(xrayHeader))
	id := in.trace
	if !id.IsValid() {
		id = newTraceID()
	}
	if in.root == "" {
		in.root = xrayForm(id)
	}
	ctx = WithTraceID(ctx, in.root)
	if r.URL.Path == contract.HealthPath {
		return ctx, Request{}
	}
	request := Request{meter: t.meter}
	if t.tracer != nil && in.isSampled(id) {
		// The SDK goes on with the parent's trace id even where, as behind a
		// load balancer, no parent span is known.
		ctx = trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: id, SpanID: in.parent, TraceFlags: trace.FlagsSampled,
		}))
		ctx, request.span = t.tracer.Start(ctx, spanMethod(r), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(asked(r)...))
	}
	return ctx, request
}

// End says how the request that Begin took was answered.
func (q Request) End(r *http.Request, status int, took time.Duration) {
	if status == 0 { // a handler that writes nothing answers 200
		status = http.StatusOK
	}
	if q.meter != nil {
		q.meter.observe(status, took)
	}
	if q.span == nil {
		return
	}
	q.span.SetAttributes(attribute.Int("http.response.status_code", status))
	if route := routeOf(r); route != "" {
		q.span.SetName(spanMethod(r) + " " + route)
		q.span.SetAttributes(attribute.String("http.route", route))
	}
	if status >= http.StatusInternalServerError {
		q.span.SetStatus(codes.Error, "")
		q.span.SetAttributes(attribute.String("error.type", strconv.Itoa(status)))
	}
	q.span.End()
}

// asked are OpenTelemetry's attributes of an HTTP request, without the query
// and the client's address: what a customer looks for is nobody's business.
func asked(r *http.Request) []attribute.KeyValue {
	method, known := methodOf(r)
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host // has no port
	}
	scheme := "http"
	if r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	all := []attribute.KeyValue{
		attribute.String("http.request.method", method),
		attribute.String("url.scheme", scheme),
		attribute.String("url.path", r.URL.Path),
		attribute.String("server.address", host),
		attribute.String("network.protocol.version", strings.TrimPrefix(r.Proto, "HTTP/")),
		attribute.String("user_agent.original", r.UserAgent()),
	}
	if !known {
		all = append(all, attribute.String("http.request.method_original", r.Method))
	}
	return all
}

// methodOf is a request's method, or _OTHER for one that a client made up: the
// names of spans must stay few.
func methodOf(r *http.Request) (method string, known bool) {
	switch r.Method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE":
		return r.Method, true
	}
	return "_OTHER", false
}

// spanMethod is what a span's name begins with.
func spanMethod(r *http.Request) string {
	if method, known := methodOf(r); known {
		return method
	}
	return "HTTP"
}

// routeOf is the path's pattern that the mux found, without its method; "" for
// a path that nothing is served at.
func routeOf(r *http.Request) string {
	route := r.Pattern[strings.IndexByte(r.Pattern, ' ')+1:]
	if route == "/" {
		return ""
	}
	return route
}
