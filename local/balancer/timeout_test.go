package balancer

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// newPipedListener forwards to a target without a network.
func newPipedListener(s Settings, target func(net.Conn)) (*Listener, *Group) {
	g := newPipedGroup(target)
	g.add("target", Healthy)
	l := New("app/alb-test/local", s).NewListener(80)
	l.SetTable(Table{Default: Action{Forward: []Weighted{{g, 1}}}})
	return l, g
}

// pipe is a client's connection.
func (l *Listener) pipe() (client net.Conn, done chan struct{}) {
	here, there := net.Pipe()
	done = make(chan struct{})
	go func() {
		newHTTP1(l, there).serve()
		close(done)
	}()
	return here, done
}

// pipedExchange runs a client's connection against a target, both without a
// network.
func pipedExchange(s Settings, target func(net.Conn)) (client net.Conn, b *Balancer, done chan struct{}) {
	l, g := newPipedListener(s, target)
	client, served := l.pipe()
	done = make(chan struct{})
	go func() {
		<-served
		g.Stop()
		close(done)
	}()
	return client, l.Balancer, done
}

// hanging reads and never answers.
func hanging(c net.Conn) { io.Copy(io.Discard, c) }

// A target that takes a request and never answers costs the client no more
// than the load balancer's idle timeout.
func TestI5_504AfterTheIdleTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, b, done := pipedExchange(DefaultSettings, hanging)
		begin := time.Now()
		io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		response, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil || response.StatusCode != 504 {
			t.Errorf("%v, %v", response, err)
		}
		if took := time.Since(begin); took != 60*time.Second {
			t.Errorf("it took %v, want 60s", took)
		}
		client.Close()
		<-done
		if c := b.Drain(); c.Own504 != 1 || c.Own[5] != 1 {
			t.Errorf("it counted %+v", c)
		}
	})
}

// A client that leaves is noticed while its target is still at work: 460.
func TestI5_460WhenTheClientLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		left := make(chan time.Time, 1)
		client, b, done := pipedExchange(DefaultSettings, func(c net.Conn) {
			hanging(c)
			left <- time.Now()
		})
		begin := time.Now()
		io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		time.Sleep(5 * time.Second)
		client.Close()
		if took := (<-left).Sub(begin); took != 5*time.Second {
			t.Errorf("the target's connection ended after %v, want 5s", took)
		}
		<-done
		if c := b.Drain(); c.Own[4] != 1 {
			t.Errorf("it counted %+v", c)
		}
	})
}

// A slow target, and a client that sends its next request meanwhile.
func TestI5_APatientClientGetsBothAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _, done := pipedExchange(DefaultSettings, func(c net.Conn) {
			in := bufio.NewReader(c)
			for {
				r, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				time.Sleep(30 * time.Second)
				answer := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + r.URL.Path
				io.WriteString(c, answer)
			}
		})
		go func() {
			io.WriteString(client, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
			time.Sleep(time.Second)
			io.WriteString(client, "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		}()
		in := bufio.NewReader(client)
		for _, want := range []string{"/a", "/b"} {
			response, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := io.ReadAll(response.Body); string(body) != want {
				t.Errorf("it answers %q, want %q", body, want)
			}
		}
		<-done
	})
}

// Clients that stop in the middle: 408 after the idle timeout.
func TestI5_408ForAClientThatStops(t *testing.T) {
	t.Parallel()
	for name, half := range map[string]string{
		"in the head": "GET / HTTP/1.1\r\nHost: a\r\n",
		"in the body": "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345",
	} {
		synctest.Test(t, func(t *testing.T) {
			client, _, done := pipedExchange(DefaultSettings, hanging)
			io.WriteString(client, half)
			response, err := http.ReadResponse(bufio.NewReader(client), nil)
			if err != nil || response.StatusCode != 408 {
				t.Errorf("%s: %v, %v", name, response, err)
			}
			client.Close()
			<-done
		})
	}
}

// An idle connection ends without a word.
func TestI5_IdleConnectionsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _, done := pipedExchange(DefaultSettings, hanging)
		begin := time.Now()
		if n, err := client.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%d bytes, %v", n, err)
		}
		if took := time.Since(begin); took != 60*time.Second {
			t.Errorf("it took %v, want 60s", took)
		}
		<-done
	})
}

// The idle timeout between two requests begins when the answer has left: a slow
// one takes nothing from it, nor does the 504 of a target that never answers.
func TestI5_TheIdleTimeoutBeginsBehindTheAnswer(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]func(net.Conn){
		"a body of 70 s": func(c net.Conn) {
			in := bufio.NewReader(c)
			for {
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
				for range 7 {
					time.Sleep(10 * time.Second)
					io.WriteString(c, "2\r\nok\r\n")
				}
				io.WriteString(c, "0\r\n\r\n")
			}
		},
		"504": hanging,
	} {
		synctest.Test(t, func(t *testing.T) {
			client, _, done := pipedExchange(DefaultSettings, target)
			in := bufio.NewReader(client)
			for range 2 {
				io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				response, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if _, err := io.Copy(io.Discard, response.Body); err != nil || response.Close {
					t.Errorf("%s: %v, %v", name, response, err)
				}
				time.Sleep(50 * time.Second)
			}
			client.Close()
			<-done
		})
	}
}
