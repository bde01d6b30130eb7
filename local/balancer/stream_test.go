package balancer

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestI5_OldAndSpecialRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.(http.Flusher).Flush() // so that the length is not known
		fmt.Fprint(w, "got ", r.Method, " ", string(body))
	}))
	for name, c := range map[string]struct{ request, begins, ends string }{
		"HTTP/1.0 knows no chunks":   {"GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\ngot GET "},
		"HEAD has no body":           {"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n"},
		"an absolute target":         {"GET http://b/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "0\r\n\r\n"},
		"a waiting client may send":  {"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", ""},
		"two requests in one packet": {"GET / HTTP/1.1\r\nHost: a\r\n\r\nDELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "got DELETE \r\n0\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(c.request, "100-continue") {
				conn, in := dial(t, r)
				io.WriteString(conn, c.request)
				if line, _ := in.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
					t.Errorf("it answers %q", line)
				}
				io.WriteString(conn, "hi")
				if rest, _ := io.ReadAll(in); !bytes.Contains(rest, []byte("got POST hi")) {
					t.Errorf("it answers %q", rest)
				}
				return
			}
			got := r.exchangeRaw(t, c.request)
			if !strings.HasPrefix(got, c.begins) || !strings.HasSuffix(got, c.ends) {
				t.Errorf("it answers %q", got)
			}
		})
	}
}

func dial(t testing.TB, r *rig) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c, bufio.NewReader(c)
}

// What a target writes reaches the client at once, not when it is done.
func TestI5_AnswersStream(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "first")
		w.(http.Flusher).Flush()
		<-more
		fmt.Fprint(w, "second")
	}))
	response, err := r.client(t).Get("http://" + r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "first" {
		t.Fatalf("%q, %v", first, err)
	}
	close(more)
	if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != "second" {
		t.Errorf("%q, %v", rest, err)
	}
}

// A target may answer before it has the whole request: the client gets it.
func TestI5_AnEarlyAnswerArrives(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "too much", http.StatusRequestEntityTooLarge)
	}))
	c, in := dial(t, r)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"+strings.Repeat("x", 100_000))
	response, err := http.ReadResponse(in, nil)
	if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Fatalf("%v, %v", response, err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "too much\n" {
		t.Errorf("%q, %v", body, err)
	}
}

// Connections to targets are used again.
func TestI5_ConnectionsAreKept(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	r := newRig(t, DefaultSettings, newRawTarget(t, func(c net.Conn, in *bufio.Reader) {
		connections.Add(1)
		for {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	}))
	for range 50 {
		if status, _, _ := r.get(t, "/"); status != 200 {
			t.Fatal(status)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for requests that came one after the other", n)
	}
}
