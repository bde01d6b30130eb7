package console

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"catalog/local"
	"catalog/local/metrics"
	"catalog/local/traces"
)

// oneDashboard is an environment with a dashboard and nothing else.
type oneDashboard struct{ dir, body string }

func (o oneDashboard) Status() local.Status { return local.Status{} }
func (o oneDashboard) Dashboards() []local.Dashboard {
	return []local.Dashboard{{Name: "d", Body: o.body}}
}
func (o oneDashboard) StateDir() string        { return o.dir }
func (o oneDashboard) Metrics() *metrics.Store { return nil }
func (o oneDashboard) Traces() *traces.Store   { return nil }

// Whatever a body says, a page is drawn, and nothing in it runs.
func FuzzDashboard(f *testing.F) {
	f.Add(`{"start":"-PT3H","widgets":[{"type":"metric","x":0,"y":0,"width":8,"height":6,"properties":{"metrics":[["N","A","D","1",{"id":"m","color":"#fff"}],["...","2"],[{"expression":"m*2"}]],"yAxis":{"left":{"min":1,"max":1}},"annotations":{"horizontal":[{"value":1e308}]}}}]}`)
	f.Add(`{"widgets":[{"type":"text","properties":{"markdown":"<script>x</script>"}},{"type":"log","properties":{"query":"fields a"}},{"type":"alarm","properties":{"alarms":["x"]}}]}`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, body string) {
		recorder := httptest.NewRecorder()
		New(oneDashboard{dir, body}, Options{}).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
		page := recorder.Body.String()
		if recorder.Code != 200 || strings.Contains(page, "<script") || strings.Contains(page, "ZgotmplZ") {
			t.Fatalf("%d %s", recorder.Code, page)
		}
	})
}

func FuzzTime(f *testing.F) {
	f.Add("-PT3H", "2026-03-01T10:00:00.000Z")
	f.Add("-P1W", "-PT5M")
	now := time.Unix(1700000000, 0)
	f.Fuzz(func(t *testing.T, start, end string) {
		if r, err := rangeOf(start, end, now); err == nil && !r.From.Before(r.To) {
			t.Fatalf("from %q to %q is %v", start, end, r)
		}
	})
}

func TestI5_NumbersAreShort(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{
		0: "0", 1: "1", 12.3456: "12.35", 0.12345: "0.123", 999.99: "1000", 1234: "1.234k", 1_250_000: "1.25M", -2500: "-2.5k", 0.00012: "0.00012", 0.0044: "0.0044", 1e-9: "1.0e-09", 5e9: "5G", 7e12: "7T",
	} {
		if got := writeNumber(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-1: "–", 900 * time.Microsecond: "900 µs", 2500 * time.Microsecond: "2.50 ms", 42 * time.Millisecond: "42 ms", 1500 * time.Millisecond: "1.50 s",
		90 * time.Second: "1 min 30 s", 3*time.Hour + 5*time.Minute: "3 h 5 min",
	} {
		if got := took(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func TestI5_AxesHoldTheirValues(t *testing.T) {
	t.Parallel()
	for _, values := range [][]float64{nil, {0}, {5, 5}, {0.001, 0.0002}, {-5, 5}, {-3, -1}, {1e300, 1}, {99, 101}} {
		a := newAxis(values, axisBody{})
		if !(a.max > a.min) || len(a.ticks) < 2 || len(a.ticks) > 4*wantedTicks {
			t.Errorf("%v: the axis is %+v", values, a)
		}
		for _, v := range values {
			if v < a.min || v > a.max {
				t.Errorf("%v lies outside of %+v", v, a)
			}
		}
	}
	for _, long := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour, 3 * time.Hour, 26 * time.Hour, 60 * 24 * time.Hour} {
		if ticks := timeTicks(timeRange{logTime, logTime.Add(long)}); len(ticks) > 5 || long > time.Minute && len(ticks) == 0 {
			t.Errorf("%v has %d ticks", long, len(ticks))
		}
	}
}

func FuzzLogLine(f *testing.F) {
	f.Add(`{"level":"INFO","msg":"a","n":1,"o":{"p":[true,null]}}`)
	f.Add(`{"a":1} more`)
	f.Fuzz(func(t *testing.T, text string) {
		all, ok := members(text)
		if ok && len(all) > len(text) {
			t.Fatalf("%q has %d members", text, len(all))
		}
		discover(text)
	})
}
