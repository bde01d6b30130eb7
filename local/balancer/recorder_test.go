package balancer

import (
	"math"
	"net/http"
	"strconv"
	"testing"
	"time"
)

func TestO3_WhatIsCounted(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.URL.Query().Get("status"))
		w.WriteHeader(status)
	}))
	for _, status := range []string{"200", "204", "302", "404", "500", "503"} {
		r.exchangeRaw(t, "GET /?status="+status+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	r.exchangeRaw(t, "nonsense\r\n\r\n")
	r.listener.SetTable(Table{Default: Action{Fixed: &Fixed{Status: 404}}})
	r.exchangeRaw(t, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	r.listener.SetTable(Table{Default: Action{Forward: []Weighted{{NewGroup("empty", testGroup), 1}}}})
	r.exchangeRaw(t, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	if err := r.listener.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	group, own := r.group.Drain(), r.balancer.Drain()
	if group.Requests != 6 || group.Target != [6]int{0, 0, 2, 1, 1, 2} {
		t.Errorf("the group counted %+v", group)
	}
	answers := 0.0
	for _, s := range group.ResponseTimes {
		answers += s.Count
		if s.Seconds <= 0 || s.Seconds > 10 {
			t.Errorf("a response took %g s", s.Seconds)
		}
	}
	if answers != 6 {
		t.Errorf("%g response times", answers)
	}
	if own.Own != [6]int{4: 2, 5: 1} || own.Own503 != 1 || own.Fixed != 1 || own.Bytes < 1000 || own.NewConnections < 10 {
		t.Errorf("the balancer counted %+v", own)
	}
	if again := r.balancer.Drain(); again.Bytes != 0 || r.balancer.Active() != 0 {
		t.Errorf("what was taken is still there: %+v, %d active", again, r.balancer.Active())
	}
}

func TestO3_ResponseTimesAreExactOnAverage(t *testing.T) {
	t.Parallel()
	var h histogram
	sum := 0.0
	for i := range 2000 {
		d := time.Duration(math.Pow(1.01, float64(i))) * time.Nanosecond
		h.add(d)
		sum += d.Seconds()
		if b := bucketOf(d); b < 0 || b >= buckets || b < bucketOf(d-1) {
			t.Fatalf("%v is in bucket %d", d, b)
		}
	}
	got, count := 0.0, 0.0
	for _, s := range h.samples() {
		got += s.Seconds * s.Count
		count += s.Count
	}
	if count != 2000 || math.Abs(got-sum) > sum/1e6 {
		t.Errorf("%g samples of %g s, want 2000 of %g", count, got, sum)
	}
}
