package load

import (
	"maps"
	"sync"
	"time"

	"catalog/local/metrics"
)

// Report is what came of the requests that have ended.
type Report struct {
	// Sent is how many requests have left; Done how many have ended.
	Sent int `json:"sent"`
	Done int `json:"done"`
	// Statuses are the answers by status.
	Statuses map[int]int `json:"statuses"`
	// Failures are requests without an answer, by kind: refused, timeout,
	// reset, closed, other.
	Failures map[string]int `json:"failures"`
	// P50 to Max are latencies of the requests that were answered, from the
	// moment each was due, in nanoseconds.
	P50  time.Duration `json:"p50_ns"`
	P99  time.Duration `json:"p99_ns"`
	P999 time.Duration `json:"p999_ns"`
	Max  time.Duration `json:"max_ns"`
	// Wanted and Rate are requests per second: as asked for, and as sent.
	Wanted float64 `json:"wanted_rate"`
	Rate   float64 `json:"rate"`
	// Behind is how late the latest request left. More than a few
	// milliseconds mean that this machine, or Concurrency, was the limit.
	Behind time.Duration `json:"behind_ns"`
	// Elapsed is how long the load has run.
	Elapsed time.Duration `json:"elapsed_ns"`
}

// Failed is how many requests got no answer, or one of 5XX.
func (r Report) Failed() (n int) {
	for _, count := range r.Failures {
		n += count
	}
	for status, count := range r.Statuses {
		if status >= 500 {
			n += count
		}
	}
	return n
}

// FellBehind says whether the schedule could not be kept: latencies then
// include waiting on this side.
func (r Report) FellBehind() bool { return r.Behind > 100*time.Millisecond }

// tally gathers a report.
type tally struct {
	mu        sync.Mutex
	begin     time.Time
	wanted    float64
	sent      int
	behind    time.Duration
	statuses  map[int]int
	failures  map[string]int
	latencies metrics.Distribution // in nanoseconds
	lastSent  time.Time
}

func newTally(wanted float64) *tally {
	return &tally{begin: time.Now(), wanted: wanted, statuses: map[int]int{}, failures: map[string]int{}}
}

func (t *tally) leave(due, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.lastSent = now
	t.behind = max(t.behind, now.Sub(due))
}

func (t *tally) answered(status int, latency time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.statuses[status]++
	t.latencies.Add(float64(max(0, latency)))
}

func (t *tally) failed(kind string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures[kind]++
}

// latency is a statistic of the latencies, within 1 %; 0 without any.
func (t *tally) latency(stat string) time.Duration {
	v, _ := t.latencies.Statistic(stat)
	return time.Duration(v)
}

func (t *tally) report() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := Report{
		Sent: t.sent, Statuses: maps.Clone(t.statuses), Failures: maps.Clone(t.failures), Wanted: t.wanted, Behind: t.behind,
		P50: t.latency("p50"), P99: t.latency("p99"), P999: t.latency("p99.9"), Max: t.latency(metrics.Maximum),
		Elapsed: time.Since(t.begin),
	}
	for _, n := range r.Statuses {
		r.Done += n
	}
	for _, n := range r.Failures {
		r.Done += n
	}
	// The first request leaves at once: n requests have n-1 gaps.
	if span := t.lastSent.Sub(t.begin).Seconds(); t.sent > 1 && span > 0 {
		r.Rate = float64(t.sent-1) / span
	}
	return r
}
