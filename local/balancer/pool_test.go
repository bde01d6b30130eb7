package balancer

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// A request that broke off in its body leaves a connection that its target
// still reads the rest from: no other request may follow there, however whole
// the answer was.
func TestI5_NoRequestFollowsHalfAOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size = 100_000 // more than the balancer keeps before it writes to its client
		var connections atomic.Int32
		l, g := newPipedListener(DefaultSettings, func(c net.Conn) {
			defer c.Close()
			in := bufio.NewReader(c)
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			if connections.Add(1) > 1 {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nclean")
				return
			}
			go io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", size))
			io.Copy(io.Discard, in) // what comes is the rest of the body
		})
		defer g.Stop()
		attacker, done := l.pipe()
		io.WriteString(attacker, "POST /attack HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
		synctest.Wait() // the balancer waits for its client to take the answer
		io.WriteString(attacker, "no chunk\r\n")
		synctest.Wait() // the body broke off
		response, err := http.ReadResponse(bufio.NewReader(attacker), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, response.Body); n != size || err != nil {
			t.Errorf("%d bytes of the answer came: %v", n, err)
		}
		<-done

		victim, done := l.pipe()
		io.WriteString(victim, "GET /victim HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		if got, err := io.ReadAll(victim); err != nil || !strings.HasSuffix(string(got), "clean") {
			t.Errorf("the next request gets %q, %v", got, err)
		}
		<-done
	})
}

// What a target sends behind an answer, such as a body where none may be, is
// nobody's answer.
func TestI5_LateBytesAnswerNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ method, answer string }{
		"HEAD": {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 43\r\n\r\n"},
		"204":  {"GET", "HTTP/1.1 204 No Content\r\n\r\n"},
		"304":  {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 43\r\n\r\n"},
		"200":  {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answered, late := make(chan struct{}), make(chan struct{})
			r := newRig(t, DefaultSettings, newRawTarget(t, func(socket net.Conn, in *bufio.Reader) {
				for {
					request, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if request.URL.Path == "/victim" {
						io.WriteString(socket, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
						continue
					}
					io.WriteString(socket, c.answer)
					<-answered
					io.WriteString(socket, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
					close(late)
				}
			}))
			r.exchangeRaw(t, c.method+" / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			close(answered)
			<-late
			if status, _, body := r.get(t, "/victim"); status != 200 || body != "good" {
				t.Errorf("the next request gets %d %q", status, body)
			}
		})
	}
}
