package balancer

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// webSocket agrees to the upgrade and sends back what it gets.
func webSocket(c net.Conn, in *bufio.Reader) {
	r, err := http.ReadRequest(in)
	if err != nil || r.Header.Get("Upgrade") != "websocket" || r.Header.Get("Connection") != "Upgrade" {
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		return
	}
	io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nhello")
	io.Copy(c, in)
}

const upgradeRequest = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: y\r\n\r\n"

func TestI5_WebSocketsPass(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newRawTarget(t, webSocket))
	c, in := dial(t, r)
	io.WriteString(c, upgradeRequest+"early")
	response, err := http.ReadResponse(in, nil)
	if err != nil || response.StatusCode != 101 || response.Header.Get("Upgrade") != "websocket" || response.Header.Get("Connection") != "Upgrade" {
		t.Fatalf("%v, %v", response, err)
	}
	expect := func(want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(in, got); err != nil || string(got) != want {
			t.Errorf("%q came, want %q: %v", got, want, err)
		}
	}
	expect("helloearly")
	io.WriteString(c, "later")
	expect("later")
	c.Close()
	deadline := time.Now().Add(10 * time.Second)
	for r.inFlight() > 0 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if n := r.inFlight(); n != 0 {
		t.Errorf("%d requests are left in flight", n)
	}
}

// A tunnel ends when nothing moves for the idle timeout, not before.
func TestI5_TunnelsEndWhenIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _, done := pipedExchange(DefaultSettings, func(c net.Conn) {
			defer c.Close()
			webSocket(c, bufio.NewReader(c))
		})
		begin := time.Now()
		go io.WriteString(client, upgradeRequest)
		in := bufio.NewReader(client)
		if response, err := http.ReadResponse(in, nil); err != nil || response.StatusCode != 101 {
			t.Fatalf("%v, %v", response, err)
		}
		go io.Copy(io.Discard, in)
		for range 3 {
			time.Sleep(50 * time.Second)
			io.WriteString(client, "still here")
		}
		<-done
		if took := time.Since(begin); took != 210*time.Second {
			t.Errorf("it ended after %v, want 60s after the last byte, at 210s", took)
		}
		client.Close()
	})
}

// A request with a body upgrades nothing: its body would be read by the tunnel
// and by the request both.
func TestI5_ARequestWithABodyUpgradesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		io.WriteString(w, r.Header.Get("Upgrade")+r.Header.Get("Connection")+string(body))
	}))
	const head = "POST /chat HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n"
	for _, rest := range []string{"Content-Length: 5\r\n\r\nHELLO", "Transfer-Encoding: chunked\r\n\r\n5\r\nHELLO\r\n0\r\n\r\n"} {
		if got := r.exchangeRaw(t, head+rest); !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.HasSuffix(got, "\r\n\r\nHELLO") {
			t.Errorf("%q is answered by %q", rest, got)
		}
	}
	forced := newRig(t, DefaultSettings, newRawTarget(t, func(c net.Conn, in *bufio.Reader) {
		http.ReadRequest(in)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	}))
	if got := forced.exchangeRaw(t, head+"Content-Length: 5\r\n\r\nHELLO"); !strings.HasPrefix(got, "HTTP/1.1 502 ") {
		t.Errorf("a target that upgrades all the same: %q", got)
	}
}
