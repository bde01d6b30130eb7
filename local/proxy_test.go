package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// forwarded sends a request through a target group and answers what the
// target got.
func forwarded(t *testing.T, edit func(*http.Request)) http.Header {
	t.Helper()
	var got http.Header
	g := newTestGroup(t, func(r *http.Request) (*http.Response, error) {
		got = r.Header.Clone()
		got.Set("Host", r.Host)
		return response(r, 200, ""), nil
	})
	g.targets = []*target{{address: "10.0.0.1:8080", health: targetHealthy}}
	r := httptest.NewRequest(http.MethodGet, "http://shop.example:8080/api/v1", nil)
	r.RemoteAddr = "192.0.2.7:4711"
	edit(r)
	g.forward(httptest.NewRecorder(), r)
	return got
}

func TestForwardedHeaders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(*http.Request)
		want map[string]string
	}{
		"of a plain client": {
			func(*http.Request) {},
			map[string]string{
				"Host": "shop.example:8080", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http",
				"X-Forwarded-Port": "8080", "X-Forwarded-Host": "",
			},
		},
		"of a client behind a proxy": { // ALB appends
			func(r *http.Request) { r.Header.Set("X-Forwarded-For", "198.51.100.1") },
			map[string]string{"X-Forwarded-For": "198.51.100.1, 192.0.2.7"},
		},
		"of a client that lies": {
			func(r *http.Request) {
				r.Header.Set("X-Forwarded-Proto", "https")
				r.Header.Set("X-Forwarded-Port", "443")
				r.Header.Set("X-Forwarded-Host", "evil.example")
			},
			map[string]string{"X-Forwarded-Proto": "http", "X-Forwarded-Port": "8080", "X-Forwarded-Host": ""},
		},
		"of a client without a port": {
			func(r *http.Request) { r.Host = "shop.example" },
			map[string]string{"Host": "shop.example", "X-Forwarded-Port": "80"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := forwarded(t, c.edit)
			for header, want := range c.want {
				if got.Get(header) != want {
					t.Errorf("%s is %q, want %q", header, got.Get(header), want)
				}
			}
		})
	}
}

// AWS: "Request tracing for your Application Load Balancer".
func TestO2_TraceHeader(t *testing.T) {
	t.Parallel()
	const id = `1-[0-9a-f]{8}-[0-9a-f]{24}`
	const root = "Root=1-67891233-abcdef012345678912345678"
	for given, want := range map[string]string{
		"":                           `Root=` + id,
		root:                         `Self=` + id + `;` + root,
		root + ";CalledFrom=app":     `Self=` + id + `;` + root + `;CalledFrom=app`,
		"Self=1-67891234-12;" + root: `Self=` + id + `;` + root,
		root + ";Self=1-67891234-12": `Self=` + id + `;` + root,
		"CalledFrom=app":             `Self=` + id + `;CalledFrom=app`,
	} {
		got := forwarded(t, func(r *http.Request) {
			if given != "" {
				r.Header.Set("X-Amzn-Trace-Id", given)
			}
		}).Get("X-Amzn-Trace-Id")
		if !regexp.MustCompile(`\A` + want + `\z`).MatchString(got) {
			t.Errorf("%q becomes %q, want it like %s", given, got, want)
		}
	}
	if a, b := traceHeader(""), traceHeader(""); a == b {
		t.Errorf("two requests have the same trace %s", a)
	}
}

func TestAnswersWhereATargetDoesNot(t *testing.T) {
	t.Parallel()
	// What a dial says when its time is over, once by its own deadline and
	// once by the system's.
	_, dialTimeout := (&net.Dialer{Deadline: time.Unix(1, 0)}).Dial("tcp", "192.0.2.1:80")
	if dialTimeout == nil {
		t.Fatal("a dial without time succeeded")
	}
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"refused":        {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, 502},
		"broken off":     {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, 502},
		"no HTTP":        {errors.New("malformed HTTP response"), 502},
		"dial timeout":   {dialTimeout, 504},
		"system timeout": {&net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}, 504},
		"read deadline":  {fmt.Errorf("read: %w", os.ErrDeadlineExceeded), 504},
		"client gone":    {context.Canceled, 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newTestGroup(t, func(*http.Request) (*http.Response, error) { return nil, c.err })
			only := &target{address: "target", health: targetHealthy}
			g.targets = []*target{only}
			if got := get(http.HandlerFunc(g.forward), "/api/v1"); got.Code != c.want {
				t.Errorf("%v gives %d, want %d", c.err, got.Code, c.want)
			}
			if only.inFlight != 0 {
				t.Errorf("%d requests are left in flight", only.inFlight)
			}
		})
	}
}

// A target's own answer goes through as it is, its errors too.
func TestProxyPassesTheAnswerOn(t *testing.T) {
	t.Parallel()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "catalog")
		w.Header().Set("Content-Encoding", "gzip") // not unpacked on the way
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, r.Method, " ", r.URL.String())
	}))
	defer backend.Close()
	r, err := newTargetGroup(nil, declared{id: "Blue"})
	if err != nil {
		t.Fatal(err)
	}
	g := r.(*targetGroup)
	g.targets = []*target{{address: strings.TrimPrefix(backend.URL, "http://"), health: targetHealthy}}
	recorder := httptest.NewRecorder()
	g.forward(recorder, httptest.NewRequest(http.MethodDelete, "/api/a%2Fb?q=1;2", nil))
	if recorder.Code != http.StatusTeapot || recorder.Body.String() != "DELETE /api/a%2Fb?q=1;2" {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
	if h := recorder.Header(); h.Get("Server") != "catalog" || h.Get("Content-Encoding") != "gzip" {
		t.Errorf("headers are %v", h)
	}
}

// A target that takes a request and never answers costs the client no more
// than the load balancer's idle timeout.
func Test504AfterTheIdleTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lb := &loadBalancer{declared: declared{id: "Balancer"}, idleTimeout: 60 * time.Second}
		r, err := newTargetGroup(nil, declared{id: "Blue"})
		if err != nil {
			t.Fatal(err)
		}
		g := r.(*targetGroup)
		e := &Environment{created: []creation{{runner: g}}}
		rule, err := newAction(e, lb, []actionProperties{{Type: "forward", TargetGroupArn: g.ref()}})
		if err != nil {
			t.Fatal(err)
		}
		g.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go io.Copy(io.Discard, there)
			return here, nil
		}
		g.targets = []*target{{address: "target", health: targetHealthy}}
		begin := time.Now()
		if got := get(rule, "/api/v1"); got.Code != 504 {
			t.Errorf("it answers %d, want 504", got.Code)
		}
		if took := time.Since(begin); took != 60*time.Second {
			t.Errorf("it took %v, want 60s", took)
		}
	})
}

func TestATargetGroupHasOneLoadBalancer(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, nil)
	first, second := &loadBalancer{declared: declared{id: "First"}}, &loadBalancer{declared: declared{id: "Second"}}
	for range 2 { // a listener's action and a rule's
		if err := g.attach(first); err != nil {
			t.Error(err)
		}
	}
	wantError(t, g.attach(second), "the target group Blue of the load balancer First", "give each its own")
}
