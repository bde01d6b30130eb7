package telemetry_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"catalog/api/telemetry"
)

// emf is what CloudWatch reads of a line.
type emf struct {
	AWS struct {
		Timestamp         int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name, Unit string }
		}
	} `json:"_aws"`
}

// metricsOf are a line's metrics by name, each of which must be a number that
// the line holds, as all of its dimensions must be.
func metricsOf(t *testing.T, line string) map[string]float64 {
	t.Helper()
	var said emf
	var members map[string]any
	if err := json.Unmarshal([]byte(line), &said); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	if err := json.Unmarshal([]byte(line), &members); err != nil {
		t.Fatal(err)
	}
	if len(said.AWS.CloudWatchMetrics) != 1 || said.AWS.Timestamp != time.Now().UnixMilli() {
		t.Fatalf("at %d: %s", time.Now().UnixMilli(), line)
	}
	about := said.AWS.CloudWatchMetrics[0]
	if about.Namespace != "Catalog" || len(about.Dimensions) != 1 || !slices.Equal(about.Dimensions[0], []string{"Environment", "Service"}) ||
		members["Environment"] != "test" || members["Service"] != "catalog-test" || members["Version"] != "v1.2.3" || members["msg"] != "metrics" {
		t.Errorf("the line is %s", line)
	}
	values := map[string]float64{}
	for _, m := range about.Metrics {
		value, ok := members[m.Name].(float64)
		if !ok || m.Unit == "" {
			t.Errorf("%s in %q is %v", m.Name, m.Unit, members[m.Name])
		}
		values[m.Name] = value
	}
	return values
}

// reported takes what was written since the last time.
func reported(t *testing.T, out *output) map[string]float64 {
	t.Helper()
	synctest.Wait()
	line := out.take()
	if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
		t.Fatalf("%d lines: %s", strings.Count(line, "\n"), line)
	}
	return metricsOf(t, line)
}

// TestO5_MetricsAreOneLineAMinute, whatever happened in it.
func TestO5_MetricsAreOneLineAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		var waits atomic.Int64
		waits.Store(7)
		watch := start(t, telemetry.Options{Metrics: &out, Pool: func() telemetry.PoolUse {
			return telemetry.PoolUse{InUse: 3, Idle: 5, Waits: waits.Load()}
		}})
		for i := range 100 {
			status := http.StatusOK
			if i >= 98 {
				status = http.StatusServiceUnavailable
			}
			answer(watch, request("GET", "/api/v1/products/7", ""), status, time.Duration(i+1)*time.Millisecond)
		}
		answer(watch, request("GET", "/", ""), http.StatusNotFound, time.Millisecond) // the client's error
		answer(watch, request("GET", "/health", ""), http.StatusServiceUnavailable, time.Hour)
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if said := out.take(); said != "" {
			t.Fatalf("after 59 s: %s", said)
		}
		time.Sleep(time.Second)
		first := reported(t, &out)
		for name, want := range map[string]float64{"Requests": 101, "Errors": 2, "PoolInUse": 3, "PoolIdle": 5, "PoolWaits": 7} {
			if first[name] != want {
				t.Errorf("%s is %v, want %v", name, first[name], want)
			}
		}
		for name, want := range map[string]float64{"DurationP50": 50, "DurationP95": 95, "DurationP99": 99} {
			if first[name] < want || first[name] > want*17/16 {
				t.Errorf("%s is %v, want %v or up to a sixteenth more", name, first[name], want)
			}
		}
		if first["HeapBytes"] < 100_000 {
			t.Errorf("the heap is %v bytes", first["HeapBytes"])
		}
		waits.Store(9)
		time.Sleep(time.Minute)
		second := reported(t, &out)
		if second["Requests"] != 0 || second["Errors"] != 0 || second["PoolWaits"] != 2 {
			t.Errorf("a quiet minute is %v", second)
		}
		if _, ok := second["DurationP50"]; ok {
			t.Errorf("no request took %v", second["DurationP50"])
		}
		answer(watch, request("GET", "/", ""), http.StatusOK, time.Millisecond)
		watch.Close()
		if last := reported(t, &out); last["Requests"] != 1 {
			t.Errorf("the last line is %v", last)
		}
		documented(t, first)
	})
}

// documented holds the decision's names against the line's.
func documented(t *testing.T, emitted map[string]float64) {
	t.Helper()
	text, err := os.ReadFile("../../docs/decisions/0017-metrics-are-log-lines.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range maps.Keys(emitted) {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("decision 0017 does not name %s", name)
		}
	}
}

// TestO5_PercentilesAreASixteenthAboveTheTruth at most, from a microsecond to
// a minute; what took longer counts as a minute.
func TestO5_PercentilesAreASixteenthAboveTheTruth(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		watch := start(t, telemetry.Options{Metrics: &out})
		for range 200 {
			took := time.Duration(1 << rand.IntN(36)) // 1 ns to 68 s
			took += rand.N(took)
			if took > time.Minute {
				took = time.Minute
			}
			for range 10 {
				answer(watch, request("GET", "/", ""), http.StatusOK, took)
			}
			time.Sleep(time.Minute)
			got := reported(t, &out)
			least := float64(took) / 1e6
			for _, name := range []string{"DurationP50", "DurationP95", "DurationP99"} {
				if got[name] < least || got[name] > least*17/16+0.001 {
					t.Errorf("%s of %s is %v", name, took, got[name])
				}
			}
		}
		for _, took := range []time.Duration{-time.Second, time.Hour, 1 << 62} { // none is out of bounds
			answer(watch, request("GET", "/", ""), http.StatusOK, took)
		}
		watch.Close()
		if got := reported(t, &out); got["Requests"] != 3 || got["DurationP99"] < 60_000 {
			t.Errorf("reported %v", got)
		}
	})
}

// TestO5_NothingIsCountedTwiceOrLost while requests and reports overlap.
func TestO5_NothingIsCountedTwiceOrLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		watch := start(t, telemetry.Options{Metrics: &out})
		const clients, each = 8, 3 * 60 * 4
		done := make(chan struct{})
		for range clients {
			go func() {
				for range each {
					answer(watch, request("GET", "/", ""), http.StatusInternalServerError, time.Millisecond)
					time.Sleep(time.Second / 4)
				}
				done <- struct{}{}
			}()
		}
		for range clients {
			<-done
		}
		watch.Close()
		requests, failed := 0.0, 0.0
		for line := range strings.Lines(out.take()) {
			var values struct{ Requests, Errors float64 }
			if err := json.Unmarshal([]byte(line), &values); err != nil {
				t.Fatal(err)
			}
			requests, failed = requests+values.Requests, failed+values.Errors
		}
		if requests != clients*each || failed != clients*each {
			t.Errorf("%v requests and %v errors are counted of %d", requests, failed, clients*each)
		}
	})
}
