package rest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections stay in this process, so that they
// live by a bubble's clock.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accepted:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// dial makes a server with the limits that the program serves with, and a
// connection to it.
func dial(t *testing.T) net.Conn {
	t.Helper()
	listener := &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	server := newServer(t, &memoryStore{}, io.Discard).HTTPServer()
	go server.Serve(listener)
	client, accepted := net.Pipe()
	listener.accepted <- accepted
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return client
}

// TestClientsThatDawdleAreCutOff: each keeps a connection for nothing.
func TestClientsThatDawdleAreCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sends string
		after time.Duration
	}{
		"says nothing":             {"", 5 * time.Second},
		"stops amid the header":    {"GET /api/v1/products HTTP/1.1\r\nHost: x\r\n", 5 * time.Second},
		"stops amid the body":      {"POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + "\r\nContent-Length: 100\r\n\r\n{", 30 * time.Second},
		"idles after its request":  {"GET /api/v1/products HTTP/1.1\r\nHost: x\r\n\r\n", 75 * time.Second},
		"idles after two requests": {strings.Repeat("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", 2), 75 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, start := dial(t), time.Now()
				go io.WriteString(client, c.sends)
				if _, err := io.Copy(io.Discard, client); err != nil {
					t.Error(err)
				}
				// An end of the connection is announced for half a second more.
				if took := time.Since(start); took < c.after || took > c.after+time.Second {
					t.Errorf("cut off after %s, want %s", took, c.after)
				}
			})
		})
	}
}

// TestConnectionsAreKept longer than the load balancer keeps them, 60 seconds:
// if the server closed one first, a request that is on its way would be lost.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := dial(t)
		answers := bufio.NewReader(client)
		for range 3 {
			go io.WriteString(client, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
			response, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
				t.Fatalf("%s, %v", response.Status, err)
			}
			time.Sleep(65 * time.Second) // of the bubble's time
		}
	})
}

func TestHeadersOfMoreThan16KiBAreRefused(t *testing.T) {
	t.Parallel()
	h := httptest.NewUnstartedServer(nil)
	h.Config = newServer(t, &memoryStore{}, io.Discard).HTTPServer()
	h.Start()
	defer h.Close()
	for size, want := range map[int]int{15 << 10: http.StatusOK, 32 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", h.URL+"/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Padding", strings.Repeat("x", size))
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%d bytes of headers: %s, want %d", size, response.Status, want)
		}
	}
}
