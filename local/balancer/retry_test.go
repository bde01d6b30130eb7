package balancer

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A target that closes a connection after each answer, without saying so, costs
// no request: what may be repeated is repeated, and for the rest the
// connection is looked at before.
func TestI5_AClosedConnectionCostsNoRequest(t *testing.T) {
	t.Parallel()
	var served atomic.Int32
	closed := make(chan struct{}, 1)
	target := newRawTarget(t, func(c net.Conn, in *bufio.Reader) {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, request.Body)
		served.Add(1)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		c.Close()
		closed <- struct{}{}
	})
	r := newRig(t, DefaultSettings, target)
	client := r.client(t)
	const each = 100
	for range each {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			request, _ := http.NewRequestWithContext(t.Context(), method, "http://"+r.address, strings.NewReader("body"))
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != 200 {
				t.Fatalf("%s: %d", method, response.StatusCode)
			}
			<-closed
		}
	}
	if n := served.Load(); n != 2*each {
		t.Errorf("%d requests arrived, want each once", n)
	}
}

// A target that refuses connections has seen nothing: another one is asked.
func TestI5_AnotherTargetForARefusedConnection(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, "127.0.0.1:1", newTarget(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }))
	for range 4 {
		if status, _, body := r.get(t, "/"); status != 200 || body != "here" {
			t.Errorf("%d %s", status, body)
		}
	}
	if err := r.listener.Stop(t.Context()); err != nil { // so that everything is counted
		t.Fatal(err)
	}
	if c := r.group.Drain(); c.ConnectionErrors != 4 || c.Requests != 4 || c.Target[2] != 4 {
		t.Errorf("%d connection errors in %d requests, want one in each", c.ConnectionErrors, c.Requests)
	}
	if n := r.inFlight(); n != 0 {
		t.Errorf("%d requests are left in flight", n)
	}
}

// A request that a target has read is not sent a second time.
func TestI5_ABrokenOffRequestIsNotRepeated(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	r := newRig(t, DefaultSettings, newRawTarget(t, func(_ net.Conn, in *bufio.Reader) {
		http.ReadRequest(in)
		asked.Add(1)
	}))
	if status, header, body := r.get(t, "/"); status != 502 || header.Get("Server") != "awselb/2.0" || !strings.Contains(body, "<h1>502 Bad Gateway</h1>") {
		t.Errorf("%d %v %s", status, header, body)
	}
	if asked.Load() != 1 {
		t.Errorf("it was asked %d times", asked.Load())
	}
}

// Nor on a connection that was used before, whatever the method and its key:
// a target that closes while it answers is a 502 on ALB.
func TestI5_ARequestOnAUsedConnectionIsNotRepeated(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	r := newRig(t, DefaultSettings, newRawTarget(t, func(c net.Conn, in *bufio.Reader) {
		for {
			request, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			io.Copy(io.Discard, request.Body)
			if asked.Add(1)%2 == 0 {
				return // without an answer
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	}))
	client := r.client(t)
	for i, method := range []string{http.MethodGet, http.MethodGet, http.MethodPost, http.MethodPost} {
		request, _ := http.NewRequestWithContext(t.Context(), method, "http://"+r.address, nil)
		request.Header.Set("Idempotency-Key", "k")
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if want := []int{200, 502}[i%2]; response.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i, response.StatusCode, want)
		}
	}
	if n := asked.Load(); n != 4 {
		t.Errorf("it was asked %d times, want each once", n)
	}
}

// What the client gets where a target does not answer (AWS: "Troubleshoot your
// Application Load Balancers").
func TestI5_AnswersWhereATargetDoesNot(t *testing.T) {
	t.Parallel()
	_, dialTimeout := (&net.Dialer{Deadline: time.Unix(1, 0)}).Dial("tcp", "192.0.2.1:80")
	for name, c := range map[string]struct {
		err    error
		answer string
		want   string
	}{
		"refused":              {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "", "502 Bad Gateway"},
		"dial timeout":         {dialTimeout, "", "504 Gateway Time-out"},
		"system timeout":       {&net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}, "", "504 Gateway Time-out"},
		"no HTTP":              {nil, "hello\r\n\r\n", "502 Bad Gateway"},
		"two lengths":          {nil, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "502 Bad Gateway"},
		"length and chunks":    {nil, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok", "502 Bad Gateway"},
		"broken off":           {nil, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "200 OK"}, // too late for another
		"broken off in chunks": {nil, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "200 OK"},

		"a head without end":  {nil, "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 40<<10), "502 Bad Gateway"},
		"a field over lines":  {nil, "HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\nContent-Length: 0\r\n\r\n", "502 Bad Gateway"},
		"switching unasked":   {nil, "HTTP/1.1 101 Switching Protocols\r\n\r\n", "502 Bad Gateway"},
		"a body that is none": {nil, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304 Not Modified"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, DefaultSettings, newRawTarget(t, func(socket net.Conn, in *bufio.Reader) {
				http.ReadRequest(in)
				io.WriteString(socket, c.answer)
			}))
			if c.err != nil {
				r.group.dial = func(context.Context, string) (net.Conn, error) { return nil, c.err }
			}
			got := r.exchangeRaw(t, "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 "+c.want+"\r\n") {
				t.Errorf("it answers %q", got)
			}
			response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(response.Body); (err != nil) != strings.HasPrefix(name, "broken off") {
				t.Errorf("its body ends with %v", err)
			}
			if n := r.inFlight(); n != 0 {
				t.Errorf("%d requests are left in flight", n)
			}
		})
	}
	empty := newRig(t, DefaultSettings)
	if status, _, body := empty.get(t, "/"); status != 503 || !strings.Contains(body, "503 Service Temporarily Unavailable") {
		t.Errorf("without targets: %d %s", status, body)
	}
}
