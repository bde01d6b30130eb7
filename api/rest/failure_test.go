package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"catalog/api/catalog"
)

// cause is what no client may read.
const cause = `ERROR: relation "product" does not exist (SQLSTATE 42P01) at 10.0.3.7`

// failures are the ways in which a store lets a request down.
var failures = []struct {
	name   string
	before func(context.Context, string) error
	status int
	code   string
	logged string
}{
	{"unavailable", func(context.Context, string) error { return fmt.Errorf("%w: %s", catalog.ErrUnavailable, cause) }, 503, "unavailable", "request not served"},
	{"broken", func(context.Context, string) error { return errors.New(cause) }, 500, "internal", "request failed"},
	{"panicking", func(context.Context, string) error { panic(cause) }, 500, "internal", "handler panicked"},
}

// TestO6_FailureIsLoggedAndNotAnswered: the log tells the operator why, the
// answer tells the client what to do.
func TestO6_FailureIsLoggedAndNotAnswered(t *testing.T) {
	t.Parallel()
	for _, failing := range failures {
		f := serve(t)
		f.store.before = failing.before
		requests := 0
		check := func(a answer) {
			t.Helper()
			requests++
			p := wantProblem(t, a, failing.status, failing.code)
			for _, secret := range []string{"SQLSTATE", "relation", "10.0.3.7", "goroutine", ".go:"} {
				if strings.Contains(string(a.body), secret) {
					t.Errorf("%s: the answer holds %q: %s", failing.name, secret, a.body)
				}
			}
			if got, want := a.Header.Get("Retry-After") != "", failing.status == http.StatusServiceUnavailable; got != want {
				t.Errorf("%s: Retry-After is %q", failing.name, a.Header.Get("Retry-After"))
			}
			records := f.log.lines(t, failing.logged)
			if len(records) != requests {
				t.Fatalf("%s: logged %d times, want %d: %s", failing.name, len(records), requests, f.log)
			}
			last := records[requests-1]
			said := fmt.Sprint(last["error"], last["panic"])
			if last["trace_id"] != p.TraceID || !strings.Contains(said, cause) {
				t.Errorf("%s: logged %v for the trace %s", failing.name, last, p.TraceID)
			}
		}
		check(f.get("/api/v1/products"))
		check(f.get("/api/v1/products/0190b3c2-f0a0-7000-8000-00000000000a"))
		check(f.get("/api/v1/categories"))
		check(f.get("/api/v1/categories/kitchen"))
		check(f.write("POST", "/api/v1/products", `{"sku":"A-1","name":"Kettle"}`))
		check(f.write("PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen"}`))

		// The next request is served as if nothing had been.
		f.store.before = nil
		if a := f.get("/api/v1/products"); a.StatusCode != http.StatusOK {
			t.Errorf("after %s: %s %s", failing.name, a.Status, a.body)
		}
	}
}

// waits is a store that answers nothing before its caller gives up.
func waits(ctx context.Context, _ string) error {
	<-ctx.Done()
	return fmt.Errorf("%w: %w", catalog.ErrUnavailable, ctx.Err())
}

// TestRequestHasADeadline that cancels its query.
func TestRequestHasADeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, &memoryStore{before: waits}, &logs{})
		w, start := httptest.NewRecorder(), time.Now()
		server.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/products", nil))
		if took := time.Since(start); took != 5*time.Second || w.Code != http.StatusServiceUnavailable {
			t.Errorf("after %s: %d %s", took, w.Code, w.Body)
		}
	})
}

// TestClientThatLeavesCancelsItsQuery: its work would be for nobody.
func TestClientThatLeavesCancelsItsQuery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, &memoryStore{before: waits}, &logs{})
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, leave)
		start := time.Now()
		server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/v1/products", nil).WithContext(ctx))
		if took := time.Since(start); took != time.Second {
			t.Errorf("the query ended after %s", took)
		}
	})
}
