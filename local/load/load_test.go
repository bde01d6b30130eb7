package load

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestA1_LoadIsSentAtItsRate(t *testing.T) {
	t.Parallel()
	var first, second atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + r.URL.Path {
		case "GET/a":
			first.Add(1)
		case "GET/b":
			second.Add(1)
			w.WriteHeader(http.StatusNotFound)
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	defer server.Close()
	report, err := Run(t.Context(), Options{URL: server.URL, Rate: 200, Duration: time.Second, Paths: []string{"/a", "/b"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Sent != 200 || report.Done != 200 || report.Statuses[200] != 100 || report.Statuses[404] != 100 || report.Failed() != 0 {
		t.Errorf("the report is %+v", report)
	}
	if first.Load() != 100 || second.Load() != 100 {
		t.Errorf("%d and %d requests arrived", first.Load(), second.Load())
	}
	if report.Rate < 190 || report.Rate > 210 {
		t.Errorf("it sent %.1f requests per second", report.Rate)
	}
	if report.P50 <= 0 || report.P50 > report.P99 || report.P99 > report.P999 || report.P999 > report.Max {
		t.Errorf("the latencies are %v %v %v %v", report.P50, report.P99, report.P999, report.Max)
	}
}

// A server that stops for a while shows in every request that was due
// meanwhile, although one connection only waits once.
func TestA1_NoCoordinatedOmission(t *testing.T) {
	t.Parallel()
	const stop = 400 * time.Millisecond
	var first sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		first.Do(func() { time.Sleep(stop) })
	}))
	defer server.Close()
	report, err := Run(t.Context(), Options{URL: server.URL, Rate: 100, Duration: 400 * time.Millisecond, Concurrency: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.P50 < stop/4 || report.Max < stop { // the median request was due in the middle of the stop
		t.Errorf("the median is %v and the longest %v", report.P50, report.Max)
	}
	if !report.FellBehind() || report.Behind < stop/2 {
		t.Errorf("it does not say that it fell behind: %v", report.Behind)
	}
}

func TestA1_FailuresAreNamed(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hanging.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer broken.Close()
	sick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	defer sick.Close()
	for url, kind := range map[string]string{gone.URL: "refused", hanging.URL: "timeout", broken.URL: "closed", sick.URL: ""} {
		report, err := Run(t.Context(), Options{URL: url, Rate: 20, Duration: 100 * time.Millisecond, Timeout: 100 * time.Millisecond}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if report.Failed() != 2 || kind != "" && report.Failures[kind] != 2 {
			t.Errorf("it says %+v, want 2 of %q", report, kind)
		}
	}
}

// An early end is no error, and what was in flight is no failure.
func TestA1_AnEarlyEndReports(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		cancel()
		time.Sleep(50 * time.Millisecond)
	}))
	defer server.Close()
	report, err := Run(ctx, Options{URL: server.URL, Rate: 10, Duration: time.Hour}, func(Report) {})
	if err != nil || report.Sent == 0 || report.Sent != report.Done || report.Failed() != 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestA1_LoadThatIsRefused(t *testing.T) {
	t.Parallel()
	good := Options{URL: "http://127.0.0.1:1", Rate: 1, Duration: time.Second}
	for words, edit := range map[string]func(*Options){
		"is not this machine":   func(o *Options) { o.URL = "http://example.com" },
		"to loopback addresses": func(o *Options) { o.URL = "http://192.0.2.1:80" },
		"no address":            func(o *Options) { o.URL = "127.0.0.1:8080" },
		"the rate is 0":         func(o *Options) { o.Rate = 0 },
		"the rate is 200000":    func(o *Options) { o.Rate = 200_000 },
		"no time":               func(o *Options) { o.Duration = 0 },
		"does not begin with /": func(o *Options) { o.Paths = []string{"api"} },
	} {
		o := good
		edit(&o)
		if _, err := Run(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("the error is %v, want it to say %q", err, words)
		}
	}
	for _, host := range []string{"localhost", "127.0.0.1", "127.8.8.8", "::1"} {
		if !isLoopback(host) {
			t.Errorf("%s is refused", host)
		}
	}
}

func TestA1_Quantiles(t *testing.T) {
	t.Parallel()
	all := newTally(1)
	if got := all.report(); got.P50 != 0 || got.Max != 0 {
		t.Errorf("of nothing it is %v to %v", got.P50, got.Max)
	}
	for i := 1; i <= 10_000; i++ {
		all.answered(200, time.Duration(i)*time.Microsecond)
	}
	got := all.report()
	for want, got := range map[time.Duration]time.Duration{
		5 * time.Millisecond: got.P50, 9900 * time.Microsecond: got.P99, 9990 * time.Microsecond: got.P999, 10 * time.Millisecond: got.Max,
	} {
		if got < want*99/100 || got > want*101/100 {
			t.Errorf("the quantile is %v, want %v", got, want)
		}
	}
}
