package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	// exportTimeout gives a collector up that takes a connection and never
	// answers.
	exportTimeout = 5 * time.Second
	// complainEvery keeps a collector that is away from filling the log.
	complainEvery = time.Minute
	// maxComplaint is how much of a collector's answer is read.
	maxComplaint = 4 << 10
)

// exporter sends spans to a collector: OTLP over HTTP, as JSON. OpenTelemetry's
// own exporters bring protobuf and gRPC with them, 7 MB more on 15.
type exporter struct {
	url    string
	client *http.Client
}

func newExporter(endpoint string) (*exporter, error) {
	base, err := url.Parse(endpoint)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("the collector's endpoint is %q: it must be a URL like http://127.0.0.1:4318", endpoint)
	}
	// A client of its own: no proxy stands between a task and its sidecar.
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1, IdleConnTimeout: time.Minute}}
	return &exporter{url: base.JoinPath("v1/traces").String(), client: client}, nil
}

// ExportSpans sends a batch once: while a collector is away its spans are
// lost, instead of held in memory.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	body, err := json.Marshal(encode(spans))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, exportTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := e.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxComplaint))
	if err != nil {
		return fmt.Errorf("%s does not finish its answer: %w", e.url, err)
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s answers %s", e.url, response.Status)
	}
	var partly struct {
		PartialSuccess struct {
			RejectedSpans json.Number
			ErrorMessage  string
		}
	}
	if json.Unmarshal(answer, &partly) == nil && partly.PartialSuccess.ErrorMessage != "" {
		return fmt.Errorf("%s refuses %s spans: %s", e.url, partly.PartialSuccess.RejectedSpans, partly.PartialSuccess.ErrorMessage)
	}
	return nil
}

// Shutdown closes the connection.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// lossy keeps the SDK from hearing of failures, which it would print each, and
// says once a minute how many spans were lost, and why the last ones were.
type lossy struct {
	sdktrace.SpanExporter
	log *slog.Logger

	mu   sync.Mutex
	lost int
	next time.Time
}

func (l *lossy) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := l.SpanExporter.ExportSpans(ctx, spans); err != nil {
		l.complain(len(spans), err)
	}
	return nil
}

func (l *lossy) complain(lost int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost += lost
	if time.Now().Before(l.next) {
		return
	}
	l.log.Warn("spans are lost, requests are not: look at the otel-collector container", "spans", l.lost, "error", err)
	l.lost, l.next = 0, time.Now().Add(complainEvery)
}
