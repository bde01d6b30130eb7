package telemetry

import (
	"encoding/json"
	"io"
	"net/http"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"catalog/contract"
)

// reportEvery is how often the metrics are written: CloudWatch keeps one value
// a minute, and each line costs its ingestion.
const reportEvery = time.Minute

// PoolUse is how the database's connections are used.
type PoolUse struct {
	InUse, Idle int
	// Waits counts, since the start, how often a request had to wait for one.
	Waits int64
}

// meter counts requests and reports once a minute.
type meter struct {
	took   histogram
	failed atomic.Uint64
	o      Options
	waits  int64 // as of the last report
	stop   chan struct{}
	done   chan struct{}
}

func startMeter(o Options) *meter {
	m := &meter{o: o, stop: make(chan struct{}), done: make(chan struct{})}
	go m.run()
	return m
}

// observe costs two atomic additions at most.
func (m *meter) observe(status int, took time.Duration) {
	m.took.add(took)
	if status >= http.StatusInternalServerError {
		m.failed.Add(1)
	}
}

func (m *meter) run() {
	defer close(m.done)
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.report()
		case <-m.stop:
			m.report() // a task that is replaced loses no request
			return
		}
	}
}

func (m *meter) close() {
	close(m.stop)
	<-m.done
}

func (m *meter) report() {
	line := newLine(m.o, time.Now())
	took := m.took.take()
	line.add("Requests", "Count", took.total)
	line.add("Errors", "Count", m.failed.Swap(0))
	if took.total > 0 { // no request is not a fast one
		line.add("DurationP50", "Milliseconds", milliseconds(took.percentile(50)))
		line.add("DurationP95", "Milliseconds", milliseconds(took.percentile(95)))
		line.add("DurationP99", "Milliseconds", milliseconds(took.percentile(99)))
	}
	if m.o.Pool != nil {
		use := m.o.Pool()
		line.add("PoolInUse", "Count", use.InUse)
		line.add("PoolIdle", "Count", use.Idle)
		line.add("PoolWaits", "Count", use.Waits-m.waits)
		m.waits = use.Waits
	}
	line.add("HeapBytes", "Bytes", heapBytes())
	line.writeTo(m.o.Metrics)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// heapBytes asks for one number; runtime.ReadMemStats would stop the program.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// line is a log line in CloudWatch's embedded metric format: CloudWatch makes
// metrics of what _aws names and keeps the line as a log. It does not go
// through the log's level: metrics are not less wanted where only errors are
// logged.
type line struct {
	members map[string]any
	metrics []metric
}

type metric struct{ Name, Unit string }

func newLine(o Options, now time.Time) *line {
	l := &line{}
	l.members = map[string]any{
		"time": now, "level": "INFO", "msg": "metrics",
		"Environment": o.Environment, "Service": o.Service, "Version": o.Version,
		"_aws": map[string]any{
			"Timestamp": now.UnixMilli(),
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace":  contract.MetricNamespace, // docs/decisions/0017
				"Dimensions": [][]string{{"Environment", "Service"}},
				"Metrics":    &l.metrics,
			}},
		},
	}
	return l
}

func (l *line) add(name, unit string, value any) {
	l.metrics = append(l.metrics, metric{name, unit})
	l.members[name] = value
}

// writeTo writes the line at once, as the log does its own: lines of both
// never mix.
func (l *line) writeTo(w io.Writer) {
	text, err := json.Marshal(l.members)
	if err != nil { // only texts and numbers are in it
		panic(err)
	}
	w.Write(append(text, '\n'))
}
