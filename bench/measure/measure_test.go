package measure

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestI7_Quantiles(t *testing.T) {
	t.Parallel()
	var values []float64
	for i := range 1000 {
		values = append(values, float64(i+1))
	}
	for q, want := range map[float64]float64{0.5: 500, 0.99: 990, 0.999: 999, 1: 1000, 0: 1} {
		if got := Quantile(values, q); got != want {
			t.Errorf("quantile %g is %g, want %g", q, got, want)
		}
	}
	if got := Spread([]float64{3, 1, 2}, 1); got != "2.0 (1.0–3.0)" {
		t.Errorf("the spread is %s", got)
	}
	if got := Ratios([]float64{4, 9}, []float64{2, 3}); !slices.Equal(got, []float64{2, 3}) {
		t.Errorf("the ratios are %v", got)
	}
}

// TestI7_RequestsAreWhatHTTPSays: net/http reads them as they were meant.
func TestI7_RequestsAreWhatHTTPSays(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization")+" "+r.Header.Get("If-Match"))
		w.WriteHeader(201)
	}))
	defer server.Close()
	c, err := Dial(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, request := range [][]byte{Request("/a?b=c"), Write("PATCH", "/d", "application/json", []byte("{}"), "If-Match: *")} {
		if _, status, err := c.Ask(request); status != 201 || err != nil {
			t.Fatalf("%d, %v", status, err)
		}
	}
	if want := []string{"GET /a?b=c  ", "PATCH /d Bearer " + Token + " *"}; !slices.Equal(seen, want) {
		t.Errorf("it read %q, want %q", seen, want)
	}
}

// TestI7_TheScheduleDoesNotWait: a server that is slow once shows that in all
// that were due meanwhile, and the load is sent at its rate.
func TestI7_TheScheduleDoesNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		due := make(chan order, 100)
		if err := schedule(t.Context(), due, 100, time.Second); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 980*time.Millisecond || took > 1010*time.Millisecond || len(due) != 100 {
			t.Errorf("%d requests were due in %v", len(due), took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := schedule(ctx, make(chan order, 100), 1, time.Hour); err == nil {
			t.Error("an end that was asked for is not heard")
		}
	})
}

// TestI7_CPUAndMemoryAreThoseOfTheTree: this process has used some of both.
func TestI7_CPUAndMemoryAreThoseOfTheTree(t *testing.T) {
	t.Parallel()
	before, err := cpuOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < 50*time.Millisecond; {
	}
	after, err := cpuOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if before, after := before[os.Getpid()], after[os.Getpid()]; after <= before {
		t.Errorf("CPU went from %v to %v", before, after)
	}
	if mib, err := Memory(os.Getpid()); err != nil || mib < 1 || mib > 10_000 {
		t.Errorf("memory is %g MiB, %v", mib, err)
	}
	if _, err := cpuOf(1 << 30); err == nil {
		t.Error("a process that is not there has used CPU")
	}
}

// TestI7_WhatEndsMeanwhileTakesNothingOff from what the others used.
func TestI7_WhatEndsMeanwhileTakesNothingOff(t *testing.T) {
	t.Parallel()
	before := map[int]time.Duration{1: time.Second, 2: 5 * time.Second}
	after := map[int]time.Duration{1: 3 * time.Second, 3: time.Second} // 2 has ended, 3 is new
	if got := since(before, after); got != 3*time.Second {
		t.Errorf("they used %v, want 3s", got)
	}
}
