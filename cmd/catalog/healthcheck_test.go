package main_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"catalog/contract"
)

// healthcheck runs the container's health check against a port.
func healthcheck(t *testing.T, port string) (code int, stderr string) {
	t.Helper()
	code, _, stderr = runToEnd(t, []string{contract.EnvHost + "=127.0.0.1", contract.EnvPort + "=" + port}, "healthcheck")
	return code, stderr
}

func portOf(url string) string { return url[strings.LastIndex(url, ":")+1:] }

// TestS3_HealthcheckFollowsTheServer: it passes while the task serves, without
// its database too, and fails while it drains and when it is gone.
func TestS3_HealthcheckFollowsTheServer(t *testing.T) {
	t.Parallel()
	p := serve(t, map[string]string{contract.EnvDrainDelay: "1h"})
	port := portOf(p.url)
	if code, stderr := healthcheck(t, port); code != 0 || stderr != "" {
		t.Errorf("serving: code %d, %q", code, stderr)
	}
	p.signal(syscall.SIGTERM)
	p.await("draining")
	if code, stderr := healthcheck(t, port); code != 1 || !strings.Contains(stderr, "503") {
		t.Errorf("draining: code %d, %q", code, stderr)
	}
	p.signal(syscall.SIGINT)
	p.wantEnd()
	if code, stderr := healthcheck(t, port); code != 1 || !strings.Contains(stderr, "no answer from http://127.0.0.1:"+port) {
		t.Errorf("gone: code %d, %q", code, stderr)
	}
}

// TestS3_HealthcheckTakesNothingBut200: as the load balancer does.
func TestS3_HealthcheckTakesNothingBut200(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 204, 404, 500, 503} {
		h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != contract.HealthPath {
				t.Errorf("it asks for %s", r.URL.Path)
			}
			w.WriteHeader(status)
		}))
		code, stderr := healthcheck(t, portOf(h.URL))
		if (code == 0) != (status == http.StatusOK) {
			t.Errorf("%d: code %d, %q", status, code, stderr)
		}
		h.Close()
	}
}
