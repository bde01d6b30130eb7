package balancer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Listener answers on one socket by its table.
type Listener struct {
	Balancer *Balancer
	// Port is the template's, whichever the socket has here.
	Port int

	config atomic.Pointer[tls.Config] // nil without TLS
	table  atomic.Pointer[Table]
	http2  *http.Server
	stream *handover // of connections to http2

	mu       sync.Mutex
	socket   net.Listener
	clients  map[*http1]struct{}
	shaking  map[net.Conn]struct{} // in their TLS handshake
	stopping bool
	serving  sync.WaitGroup
}

// NewListener makes a listener for a port of the template, for HTTP until it
// has a TLS configuration. It answers 503 until it has a table.
func (b *Balancer) NewListener(port int) *Listener {
	l := &Listener{Balancer: b, Port: port, clients: map[*http1]struct{}{}, shaking: map[net.Conn]struct{}{}}
	l.table.Store(&Table{})
	return l
}

// SetTLS makes the listener one for HTTPS, before Serve, or changes the
// certificate and versions of the handshakes to come. See Config.
func (l *Listener) SetTLS(config *tls.Config) { l.config.Store(config) }

func (l *Listener) isSecure() bool { return l.config.Load() != nil }

// SetTable makes the listener go by a table from the next request on.
func (l *Listener) SetTable(t Table) { l.table.Store(t.sorted()) }

// Serve takes connections from a socket until Stop. It returns at once.
func (l *Listener) Serve(socket net.Listener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.socket = socket
	if address, ok := socket.Addr().(*net.TCPAddr); ok {
		l.Balancer.setPort(l.Port, address.Port)
	}
	if l.isSecure() {
		l.serveHTTP2(socket.Addr())
	}
	l.serving.Go(func() { l.accept(socket) })
}

// accept goes on when the machine is out of file descriptors: closing the door
// would be worse than a pause.
func (l *Listener) accept(socket net.Listener) {
	const pause = 5 * time.Millisecond
	for {
		c, err := socket.Accept()
		switch {
		case err == nil:
			l.serving.Go(func() { l.welcome(c) })
		case errors.Is(err, net.ErrClosed):
			return
		default:
			time.Sleep(pause)
		}
	}
}

// welcome serves a client's connection.
func (l *Listener) welcome(c net.Conn) {
	l.Balancer.active.Add(1)
	defer l.Balancer.active.Add(-1)
	l.Balancer.recorder.shard(l.Balancer.connections.Load()).note(func(c *Counts) { c.NewConnections++ })
	if l.isSecure() {
		if c = l.handshake(c); c == nil {
			return
		}
	}
	h := newHTTP1(l, c)
	if !l.enter(h) {
		c.Close()
		return
	}
	h.serve()
	l.mu.Lock()
	delete(l.clients, h)
	l.mu.Unlock()
}

func (l *Listener) enter(h *http1) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopping {
		l.clients[h] = struct{}{}
	}
	return !l.stopping
}

// Stop takes no new connection and waits for the requests in flight; those
// that ctx's end finds are cut off, which is the error.
func (l *Listener) Stop(ctx context.Context) error {
	l.mu.Lock()
	l.stopping = true
	if l.socket == nil {
		l.mu.Unlock()
		return nil
	}
	err := l.socket.Close()
	for h := range l.clients {
		if h.state.CompareAndSwap(waiting, ending) {
			h.c.Conn.Close()
		} else {
			h.state.CompareAndSwap(working, ending)
		}
	}
	for c := range l.shaking {
		c.Close()
	}
	l.mu.Unlock()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	if l.http2 != nil {
		err = errors.Join(err, l.stopHTTP2(ctx))
	}
	return errors.Join(err, l.await(ctx))
}

func (l *Listener) await(ctx context.Context) error {
	finished := make(chan struct{})
	go func() {
		l.serving.Wait()
		close(finished)
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	cut := len(l.clients)
	for h := range l.clients {
		h.c.Conn.Close()
	}
	l.mu.Unlock()
	if cut == 0 {
		return nil
	}
	return fmt.Errorf("%d requests were cut off: %w", cut, ctx.Err())
}

// defaultPort is the one that a URL of the listener's protocol need not name.
func (l *Listener) defaultPort() int {
	if l.isSecure() {
		return 443
	}
	return 80
}
