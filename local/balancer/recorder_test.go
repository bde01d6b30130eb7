package balancer

import (
	"bufio"
	"math"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"catalog/local/metrics"
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
	if n, _ := group.ResponseTimes.Statistic(metrics.SampleCount); n != 6 {
		t.Errorf("%g response times", n)
	}
	if shortest, _ := group.ResponseTimes.Statistic(metrics.Minimum); shortest <= 0 || shortest > 10 {
		t.Errorf("a response took %g s", shortest)
	}
	if own.Own != [6]int{4: 2, 5: 1} || own.Own503 != 1 || own.Fixed != 1 || own.Bytes < 1000 || own.NewConnections < 10 {
		t.Errorf("the balancer counted %+v", own)
	}
	if again := r.balancer.Drain(); again.Bytes != 0 || r.balancer.Active() != 0 {
		t.Errorf("what was taken is still there: %+v, %d active", again, r.balancer.Active())
	}
}

// AWS counts a request as soon as a target was chosen, whatever came of it: an
// alarm on the share of errors is blind where all of them fail otherwise.
func TestO3_RequestsWithoutAnAnswerAreCounted(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newRawTarget(t, func(_ net.Conn, in *bufio.Reader) { http.ReadRequest(in) }))
	const requests = 30
	for range requests {
		r.exchangeRaw(t, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	}
	if err := r.listener.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	group, own := r.group.Drain(), r.balancer.Drain()
	if own.Own502 != requests || group.Requests != requests || group.Target != [6]int{} {
		t.Errorf("%d of 502, %d requests, answers %v", own.Own502, group.Requests, group.Target)
	}
	if _, ok := group.ResponseTimes.Statistic(metrics.SampleCount); ok {
		t.Error("an answer that never came took its time")
	}
}

// What dashboards show of the times is within 1 % (docs/local.md).
func TestO3_ResponseTimesAreWithinOnePercent(t *testing.T) {
	t.Parallel()
	for slow := 1010 * time.Millisecond; slow < 2*time.Second; slow += 7 * time.Millisecond {
		var r Recorder
		for i := range uint32(98) {
			r.shard(i).targeted(200, time.Second)
		}
		r.shard(0).targeted(200, slow)
		r.shard(1).targeted(200, slow)
		got := r.drain().ResponseTimes
		for stat, want := range map[string]float64{"p99": slow.Seconds(), "p50": 1, metrics.Average: 0.98 + 0.02*slow.Seconds()} {
			if v, ok := got.Statistic(stat); !ok || math.Abs(v-want) > want/100 {
				t.Errorf("with %v, %s is %g, want %g", slow, stat, v, want)
			}
		}
	}
}
