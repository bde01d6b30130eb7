package balancer

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stream answers a request as one of an HTTP/2 client's.
func (r *rig) stream(edit func(*http.Request)) *http.Response {
	request := httptest.NewRequest(http.MethodGet, "https://a/api", nil)
	request.RequestURI = "/api"
	edit(request)
	w := httptest.NewRecorder()
	r.listener.serveStream(w, request)
	return w.Result()
}

// net/http's server lets more through than HTTP/1.1 could carry: a target must
// not read another request than the rules were asked about.
func TestL2_AStreamsRequestIsHeldToTheSameRules(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a target got %s %s of %q", r.Method, r.RequestURI, r.Host)
	}))
	many := strings.Repeat("10.0.0.1, ", 15) + "10.0.0.1"
	for name, c := range map[string]struct {
		edit func(*http.Request)
		want int
	}{
		"a method with a request line": {func(r *http.Request) { r.Method = "GET /admin HTTP/1.1" }, 400},
		"a method with a return":       {func(r *http.Request) { r.Method = "GET\r\nX:" }, 400},
		"no method":                    {func(r *http.Request) { r.Method = "" }, 400},
		"a method without end":         {func(r *http.Request) { r.Method = strings.Repeat("A", maxMethod+1) }, 400},
		"TRACE":                        {func(r *http.Request) { r.Method = "TRACE" }, 405},
		"no authority":                 {func(r *http.Request) { r.Host = "" }, 400},
		"a space in the path":          {func(r *http.Request) { r.RequestURI = "/a b" }, 400},
		"32 forwarding addresses":      {func(r *http.Request) { r.Header["X-Forwarded-For"] = []string{many, many} }, 463},
	} {
		if got := r.stream(c.edit); got.StatusCode != c.want || got.Header.Get("Server") != "awselb/2.0" {
			t.Errorf("%s: %d by %q, want the balancer's %d", name, got.StatusCode, got.Header.Get("Server"), c.want)
		}
	}
}

// Fields of the target's connection end there, whichever of its Connection
// fields names them.
func TestL2_AnswersLoseTheFieldsOfTheConnection(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Connection"] = []string{"X-One", "X-Two"}
		for _, name := range []string{"X-One", "X-Two", "X-Three"} {
			w.Header().Set(name, "1")
		}
	}))
	_, first, _ := r.get(t, "/")
	second := r.stream(func(*http.Request) {}).Header
	for version, header := range map[int]http.Header{1: first, 2: second} {
		if header.Get("X-One") != "" || header.Get("X-Two") != "" || header.Get("X-Three") != "1" {
			t.Errorf("over HTTP/%d the header is %v", version, header)
		}
	}
}

// stalling is a connection that takes nothing any more once it stalls.
type stalling struct {
	net.Conn
	stalled, closed chan struct{}
	once            sync.Once
}

func (s *stalling) Read(p []byte) (int, error) {
	select {
	case <-s.stalled:
		<-s.closed
		return 0, io.EOF
	default:
		return s.Conn.Read(p)
	}
}

func (s *stalling) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.Conn.Close()
}

// pipedStreams runs test with a client that speaks HTTP/2 to a target, all of
// them without a network, in simulated time. stall stops the client's ear.
func pipedStreams(t *testing.T, target func(net.Conn), test func(t *testing.T, client *http.Client, stall func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		authority, err := OpenAuthority(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := authority.Certificate()
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AddCert(authority.certificate)
		l, g := newPipedListener(DefaultSettings, target)
		l.SetTLS(Config(certificate, tls.VersionTLS13))
		socket := &handover{address: &net.TCPAddr{}, queue: make(chan net.Conn), closed: make(chan struct{})}
		l.Serve(socket)
		stalled := make(chan struct{})
		transport := &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost"}, ForceAttemptHTTP2: true,
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				socket.give(there)
				return &stalling{Conn: here, stalled: stalled, closed: make(chan struct{})}, nil
			},
		}
		test(t, &http.Client{Transport: transport}, func() { close(stalled) })
		transport.CloseIdleConnections()
		if err := l.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		g.Stop()
	})
}

// As over HTTP/1.1, an upload that stops is the client's fault.
func TestI5_408ForAStreamThatStops(t *testing.T) {
	t.Parallel()
	pipedStreams(t, hanging, func(t *testing.T, client *http.Client, _ func()) {
		begin := time.Now()
		body, upload := io.Pipe()
		go io.WriteString(upload, "12345")
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://localhost/", body)
		request.ContentLength = 10
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		upload.Close()
		if took := time.Since(begin); response.StatusCode != 408 || response.ProtoMajor != 2 || took > 61*time.Second {
			t.Errorf("%s %d after %v, want 408 within the idle timeout", response.Proto, response.StatusCode, took)
		}
	})
}

// A client that does not take its answer, or nothing at all, holds its target
// no longer than the idle timeout.
func TestI5_AStreamThatIsNotReadEnds(t *testing.T) {
	t.Parallel()
	for _, deaf := range []bool{false, true} {
		ended := make(chan time.Duration, 1)
		pipedStreams(t, func(c net.Conn) {
			begin := time.Now()
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			const size = 64 << 20
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
			for range size / largeBuffer {
				if _, err := c.Write(make([]byte, largeBuffer)); err != nil {
					ended <- time.Since(begin)
					return
				}
			}
			t.Error("everything was taken")
		}, func(t *testing.T, client *http.Client, stall func()) {
			response, err := client.Get("https://localhost/")
			if err != nil {
				t.Fatal(err)
			}
			if deaf {
				stall()
			}
			time.Sleep(5 * time.Minute)
			response.Body.Close()
		})
		select {
		case took := <-ended:
			if took < 59*time.Second || took > 65*time.Second {
				t.Errorf("deaf %v: its target was held for %v", deaf, took)
			}
		default:
			t.Errorf("deaf %v: its target is still held", deaf)
		}
	}
}

// A target that says something now and then within the idle timeout goes on as
// long as it likes.
func TestI5_ASlowStreamGoesOn(t *testing.T) {
	t.Parallel()
	pipedStreams(t, func(c net.Conn) {
		defer c.Close()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
			return
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
		for range 10 {
			time.Sleep(59500 * time.Millisecond)
			io.WriteString(c, "x")
		}
	}, func(t *testing.T, client *http.Client, _ func()) {
		response, err := client.Get("https://localhost/")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if body, err := io.ReadAll(response.Body); err != nil || len(body) != 10 {
			t.Errorf("%d bytes came: %v", len(body), err)
		}
	})
}
