package local

import (
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// roundTrip is a transport without a network: the targets of these tests.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answering is a target that answers 200 and a text.
func answering(text string) roundTrip {
	return func(r *http.Request) (*http.Response, error) { return response(r, 200, text), nil }
}

func response(r *http.Request, status int, text string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)), Request: r,
	}
}

// newTestGroup is the template's target group with a transport of the test's.
func newTestGroup(t *testing.T, transport roundTrip) *targetGroup {
	t.Helper()
	r, err := newTargetGroup(nil, declared{id: "Blue", properties: map[string]any{
		"HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5,
		"HealthyThresholdCount": 2, "UnhealthyThresholdCount": 2, "Matcher": map[string]any{"HttpCode": "200"},
		"TargetGroupAttributes": []any{map[string]any{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	g := r.(*targetGroup)
	g.client.Transport = transport
	g.proxy.(*httputil.ReverseProxy).Transport = transport
	return g
}

func addresses(g *targetGroup, n int) []string {
	var all []string
	for range n {
		t := g.pick()
		all = append(all, t.address)
		g.done(t)
	}
	return all
}

func TestRoundRobinOverHealthyTargets(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, nil)
	g.targets = []*target{
		{address: "a", health: targetHealthy},
		{address: "sick", health: targetUnhealthy},
		{address: "b", health: targetHealthy},
		{address: "new", health: targetInitial},
		{address: "c", health: targetHealthy},
		{address: "going", health: targetDraining, draining: true},
	}
	if got := addresses(g, 7); !slices.Equal(got, []string{"a", "b", "c", "a", "b", "c", "a"}) {
		t.Errorf("requests went to %q", got)
	}
}

// ALB fails open: better a target that may be sick than a refusal.
func TestFailsOpenWhenNoTargetIsHealthy(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, answering("from a sick target"))
	g.targets = []*target{
		{address: "a", health: targetUnhealthy}, {address: "going", health: targetDraining, draining: true}, {address: "b", health: targetInitial},
	}
	if got := addresses(g, 4); !slices.Equal(got, []string{"a", "b", "a", "b"}) {
		t.Errorf("requests went to %q", got)
	}
	if got := get(http.HandlerFunc(g.forward), "/api/v1"); got.Code != 200 || got.Body.String() != "from a sick target" {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

func Test503WithoutTargets(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, answering("nobody should ask"))
	g.targets = []*target{{address: "going", health: targetDraining, draining: true}}
	if got := get(http.HandlerFunc(g.forward), "/api/v1"); got.Code != 503 || got.Header().Get("Server") != "awselb/2.0" {
		t.Errorf("%d from %q, want the load balancer's own 503", got.Code, got.Header().Get("Server"))
	}
}

// Registering starts the checks, with the template's path and ALB's agent.
func TestS3_ChecksTheTemplatesPath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan *http.Request, 100)
		g := newTestGroup(t, func(r *http.Request) (*http.Response, error) {
			asked <- r
			return response(r, 200, ""), nil
		})
		changes := 0
		g.register("10.0.0.1:8080", func() { changes++ })
		time.Sleep(90 * time.Second)
		synctest.Wait()
		if err := g.stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(asked) != 4 { // at 0, 30, 60 and 90 seconds
			t.Errorf("%d checks in 90 seconds, want 4", len(asked))
		}
		r := <-asked
		if got := r.URL.String(); got != "http://10.0.0.1:8080/health" {
			t.Errorf("it asked %s", got)
		}
		if got := r.Header.Get("User-Agent"); got != "ELB-HealthChecker/2.0" {
			t.Errorf("its agent is %q", got)
		}
		if changes != 1 {
			t.Errorf("health changed %d times, want once", changes)
		}
	})
}

func TestProbeHoldsTheAnswerAgainstTheMatcher(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{200: true, 204: false, 301: false, 404: false, 500: false, 503: false} {
		g := newTestGroup(t, func(r *http.Request) (*http.Response, error) {
			answer := response(r, status, "")
			answer.Header.Set("Location", "/elsewhere")
			return answer, nil
		})
		if got := g.probe(t.Context(), "target"); got != want {
			t.Errorf("%d passes: %v, want %v", status, got, want)
		}
	}
	dead := newTestGroup(t, func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	if dead.probe(t.Context(), "target") {
		t.Error("a target that does not answer passes")
	}
}

// A target that hangs fails its check after the template's timeout.
func TestProbeEndsAfterItsTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newTestGroup(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		begin := time.Now()
		if g.probe(t.Context(), "target") {
			t.Error("a target that hangs passes")
		}
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("it took %v, want 5s", took)
		}
	})
}

func TestTargetGroupSettings(t *testing.T) {
	t.Parallel()
	r, err := newTargetGroup(nil, declared{id: "Plain"})
	if err != nil {
		t.Fatal(err)
	}
	s := r.(*targetGroup).settings
	if s.path != "/" || s.interval != 30*time.Second || s.timeout != 5*time.Second || s.healthy != 5 || s.unhealthy != 2 ||
		s.deregistrationDelay != 300*time.Second || !slices.Equal(s.matcher, []statusRange{{200, 200}}) {
		t.Errorf("the defaults are not ALB's: %+v", s)
	}
	for _, delay := range []string{"-1", "3601", "x"} {
		_, err := newTargetGroup(nil, declared{properties: map[string]any{
			"TargetGroupAttributes": []any{map[string]any{"Key": "deregistration_delay.timeout_seconds", "Value": delay}},
		}})
		wantError(t, err, "deregistration_delay.timeout_seconds must be 0 to 3600")
	}
}
