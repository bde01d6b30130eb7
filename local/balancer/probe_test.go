package balancer

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Registering starts the checks, with the template's path and ALB's agent.
func TestS3_ChecksTheTemplatesPath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan *http.Request, 100)
		g := newPipedGroup(func(c net.Conn) {
			defer c.Close()
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				t.Error(err)
				return
			}
			asked <- r
			c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
		})
		changes := 0
		g.Register("10.0.0.1:8080", func() { changes++ })
		time.Sleep(90 * time.Second)
		synctest.Wait()
		g.Stop()
		if len(asked) != 4 { // at 0, 30, 60 and 90 seconds
			t.Errorf("%d checks in 90 seconds, want 4", len(asked))
		}
		r := <-asked
		if r.Method != "GET" || r.Host != "10.0.0.1:8080" || r.URL.Path != "/health" || r.Header.Get("User-Agent") != "ELB-HealthChecker/2.0" {
			t.Errorf("it asked %s %s of %s as %s", r.Method, r.URL, r.Host, r.Header.Get("User-Agent"))
		}
		if changes != 1 {
			t.Errorf("health changed %d times, want once", changes)
		}
	})
}

// New settings hold from the next check on, which comes at once.
func TestS3_SettingsChangeWhileTargetsRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := make(chan string, 10)
		g := newPipedGroup(func(c net.Conn) {
			defer c.Close()
			if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				asked <- r.URL.Path
				c.Write([]byte("HTTP/1.1 204 No Content\r\n\r\n"))
			}
		})
		s := testGroup
		s.Matcher = Matcher{{204, 204}}
		g.Update(s)
		g.Register("a", func() {})
		synctest.Wait()
		s.Path, s.Interval, s.Matcher = "/other", 5*time.Second, Matcher{{200, 200}}
		g.Update(s)
		time.Sleep(7 * time.Second)
		var paths []string
		for len(asked) > 0 {
			paths = append(paths, <-asked)
		}
		if got := strings.Join(paths, " "); got != "/health /other /other" {
			t.Errorf("it asked %s", got)
		}
		if got := g.Health("a"); got != Unhealthy { // two failed checks, five seconds apart
			t.Errorf("it is %s", got)
		}
		g.Stop()
	})
}

func TestS3_ProbeHoldsTheAnswerAgainstTheMatcher(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{200: true, 204: false, 301: false, 404: false, 500: false, 503: false} {
		g := newPipedGroup(func(c net.Conn) {
			defer c.Close()
			if _, err := newConn(c).head(maxHead); err == nil {
				c.Write([]byte("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 " + strconv.Itoa(status) + " X\r\nLocation: /elsewhere\r\n\r\n"))
			}
		})
		if got := g.probe(t.Context(), &testGroup, "target"); got != want {
			t.Errorf("%d passes: %v, want %v", status, got, want)
		}
	}
	for _, dead := range []*Group{newPipedGroup(nil), newPipedGroup(func(c net.Conn) { c.Close() })} {
		if dead.probe(t.Context(), &testGroup, "target") {
			t.Error("a target that does not answer passes")
		}
	}
}

func TestS3_ProbesAnotherPort(t *testing.T) {
	t.Parallel()
	address := newTarget(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := net.SplitHostPort(address)
	s := testGroup
	s.Port, _ = strconv.Atoi(port)
	if !NewGroup("blue", s).probe(t.Context(), &s, "127.0.0.1:1") {
		t.Error("it did not ask the health check's port")
	}
	if NewGroup("blue", s).probe(t.Context(), &s, "no address") {
		t.Error("an address without a port passes")
	}
}

// A target that hangs fails its check after the template's timeout.
func TestS3_ProbeEndsAfterItsTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newPipedGroup(func(c net.Conn) {
			io.Copy(io.Discard, c) // until the other side ends it
		})
		begin := time.Now()
		if g.probe(t.Context(), &testGroup, "target") {
			t.Error("a target that hangs passes")
		}
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("it took %v, want 5s", took)
		}
	})
}
