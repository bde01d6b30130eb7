package rest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

type health struct {
	Status, Version, Database string
	UptimeSeconds             float64 `json:"uptime_seconds"`
}

func TestS3_HealthNamesTheTasksState(t *testing.T) {
	t.Parallel()
	f := serve(t)
	a := f.get("/health")
	h := decode[health](t, a)
	if a.StatusCode != http.StatusOK || h.Status != "ok" || h.Version != "v1.2.3" || h.Database != "up" || h.UptimeSeconds < 0 {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer may be cached: %v", a.Header)
	}
	// A load balancer may add what it likes.
	if a := f.get("/health?from=alb"); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

// TestS3_HealthOutlivesTheDatabase: or one outage would kill every task.
func TestS3_HealthOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for _, failing := range failures[:2] {
		f.store.before = failing.before
		a := f.get("/health")
		if h := decode[health](t, a); a.StatusCode != http.StatusOK || h.Status != "ok" || h.Database != "down" {
			t.Errorf("%s: %s %s", failing.name, a.Status, a.body)
		}
	}
}

// TestS3_HealthDoesNotWaitForTheDatabase longer than the load balancer waits
// for it, and counts its uptime.
func TestS3_HealthDoesNotWaitForTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, &memoryStore{before: waits}, &logs{})
		time.Sleep(time.Hour) // of the bubble's time
		w, start := httptest.NewRecorder(), time.Now()
		server.ServeHTTP(w, httptest.NewRequest("GET", "/health", nil))
		took := time.Since(start)
		var h health
		if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil {
			t.Fatal(err)
		}
		if took > time.Second || w.Code != http.StatusOK || h.Database != "down" || h.UptimeSeconds != 3600 {
			t.Errorf("after %s: %d %s", took, w.Code, w.Body)
		}
	})
}

// TestS1_DrainingTaskServesEverythingButHealth: the load balancer sends
// requests until it has seen that.
func TestS1_DrainingTaskServesEverythingButHealth(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.server.Drain()
	a := f.get("/health")
	if h := decode[health](t, a); a.StatusCode != http.StatusServiceUnavailable || h.Status != "draining" || h.Database != "up" {
		t.Errorf("%s %s", a.Status, a.body)
	}
	f.get(f.create(`{"sku":"A-1","name":"Kettle"}`))
	if a := f.get("/api/v1/products"); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
}
