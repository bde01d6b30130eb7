package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Options say who this task is and where it is watched from.
type Options struct {
	Service     string
	Version     string
	Environment string
	// Endpoint is where the collector takes OTLP over HTTP; "" makes no spans.
	Endpoint string
	// Exporter takes the spans instead of the collector.
	Exporter sdktrace.SpanExporter
	// Log hears of spans that were lost.
	Log *slog.Logger
	// Metrics gets a line a minute; nil measures nothing.
	Metrics io.Writer
	// Pool answers how the database's connections are used; nil leaves them
	// out of the metrics.
	Pool func() PoolUse
}

const (
	// flushTimeout is how long Close waits for a collector that is slow.
	flushTimeout = 2 * time.Second
	// maxAttribute cuts what a client can make long, like a path.
	maxAttribute = 256
)

// Telemetry watches the requests of one task. A nil one gives each request its
// trace id and does nothing else.
type Telemetry struct {
	provider *sdktrace.TracerProvider // nil makes no spans
	tracer   trace.Tracer
	meter    *meter // nil measures nothing
	log      *slog.Logger
}

// Start begins to watch. Nothing that happens to the collector later slows or
// fails a request: spans wait in a queue of fixed size and are dropped when it
// is full.
func Start(ctx context.Context, o Options) (*Telemetry, error) {
	t := &Telemetry{log: o.Log}
	if o.Exporter == nil && o.Endpoint != "" {
		exporter, err := newExporter(o.Endpoint)
		if err != nil {
			return nil, err
		}
		o.Exporter = exporter
	}
	if o.Exporter != nil {
		about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
			attribute.String("service.name", o.Service),
			attribute.String("service.version", o.Version),
			attribute.String("deployment.environment.name", o.Environment),
		))
		if err != nil {
			return nil, fmt.Errorf("describing the task to the collector: %w", err)
		}
		limits := sdktrace.NewSpanLimits()
		limits.AttributeValueLengthLimit = maxAttribute
		t.provider = sdktrace.NewTracerProvider(
			sdktrace.WithResource(about),
			sdktrace.WithRawSpanLimits(limits),
			// Begin starts a span for no other request than a sampled one.
			sdktrace.WithSampler(sdktrace.AlwaysSample()),
			sdktrace.WithBatcher(&lossy{SpanExporter: o.Exporter, log: o.Log}, sdktrace.WithExportTimeout(exportTimeout)),
		)
		t.tracer = t.provider.Tracer("catalog/api/telemetry")
	}
	if o.Metrics != nil {
		t.meter = startMeter(o)
	}
	return t, nil
}

// Close sends what is left, for 2 seconds at most.
func (t *Telemetry) Close() {
	if t.meter != nil {
		t.meter.close()
	}
	if t.provider == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.Warn("the last spans were not delivered", "error", err)
	}
}
