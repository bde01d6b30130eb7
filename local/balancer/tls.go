package balancer

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// handshakeTimeout is how long a client may take to begin with TLS.
const handshakeTimeout = 10 * time.Second

// handshake makes a connection a TLS one. One that goes on with HTTP/2 is
// served there, and one that fails is closed: both answer nil.
func (l *Listener) handshake(raw net.Conn) net.Conn {
	l.mu.Lock()
	if l.stopping {
		l.mu.Unlock()
		raw.Close()
		return nil
	}
	l.shaking[raw] = struct{}{}
	l.mu.Unlock()
	config := l.config.Load()
	if !l.Balancer.settings.Load().HTTP2 {
		config = config.Clone()
		config.NextProtos = []string{"http/1.1"}
	}
	c := tls.Server(raw, config)
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	err := c.HandshakeContext(ctx)
	cancel()
	l.mu.Lock()
	delete(l.shaking, raw)
	l.mu.Unlock()
	if err != nil {
		refuseHandshake(raw, err)
		return nil
	}
	if c.ConnectionState().NegotiatedProtocol == "h2" {
		l.stream.give(c)
		return nil
	}
	return c
}

// refuseHandshake closes a connection, with ALB's word for a client that
// speaks HTTP to an HTTPS listener.
func refuseHandshake(raw net.Conn, err error) {
	var other tls.RecordHeaderError
	if errors.As(err, &other) && other.Conn != nil && isHTTP(other.RecordHeader) {
		const body = "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n" +
			"<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n</body>\r\n</html>\r\n"
		raw.SetWriteDeadline(now().Add(time.Second))
		raw.Write([]byte("HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + body))
	}
	raw.Close()
}

// isHTTP: the first bytes of a request are a method's.
func isHTTP(first [5]byte) bool {
	switch string(first[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "DELET", "PATCH":
		return true
	}
	return false
}

// handover gives connections whose handshake is done to net/http's server,
// which knows HTTP/2.
type handover struct {
	address net.Addr
	queue   chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.queue:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handover) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handover) Addr() net.Addr { return h.address }

func (h *handover) give(c net.Conn) {
	select {
	case h.queue <- c:
	case <-h.closed:
		c.Close()
	}
}

// serveHTTP2 starts the server for HTTP/2 connections. An idle one ends after
// the idle timeout that holds at this moment, whatever it becomes later, and
// KeepAlive does not end one: net/http has no such limit. What a stream may take
// follows the settings (http2.go); a client that takes no byte at all ends its
// connection.
func (l *Listener) serveHTTP2(address net.Addr) {
	l.stream = &handover{address: address, queue: make(chan net.Conn), closed: make(chan struct{})}
	idle := l.Balancer.settings.Load().IdleTimeout
	l.http2 = &http.Server{
		Handler: http.HandlerFunc(l.serveStream), IdleTimeout: idle, ReadHeaderTimeout: idle, MaxHeaderBytes: maxHead,
		HTTP2:    &http.HTTP2Config{WriteByteTimeout: idle},
		ErrorLog: log.New(nothing{}, "", 0), // clients that break off
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				l.Balancer.active.Add(1)
			case http.StateClosed:
				l.Balancer.active.Add(-1)
			}
		},
	}
	l.serving.Go(func() { l.http2.Serve(l.stream) })
}

func (l *Listener) stopHTTP2(ctx context.Context) error {
	if err := l.http2.Shutdown(ctx); err != nil {
		return errors.Join(err, l.http2.Close())
	}
	return nil
}

type nothing struct{}

func (nothing) Write(p []byte) (int, error) { return len(p), nil }
