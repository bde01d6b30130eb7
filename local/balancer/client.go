package balancer

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// http1 is the connection of an HTTP/1.x client: one request after the other.
type http1 struct {
	exchange
	c     *conn
	body  body
	out   []byte // of the answer, not sent yet
	sent  bool   // a part of the answer has left
	chunk bool   // the answer's body goes out in chunks
	opens time.Time
	// state is read by a listener that stops.
	state atomic.Int32
	taken bool // by a tunnel
}

// States of a client's connection.
const (
	waiting int32 = iota // for a request
	working
	ending // the listener stops: no other request
)

func newHTTP1(l *Listener, socket net.Conn) *http1 {
	h := &http1{c: newConn(socket), opens: now()}
	h.listener, h.exchange.client, h.secure = l, h, l.isSecure()
	h.shard = l.Balancer.connections.Add(1)
	if secured, ok := socket.(*tls.Conn); ok {
		state := secured.ConnectionState()
		h.tls = &state
	}
	h.peer, h.here = addressOf(socket.RemoteAddr()), addressOf(socket.LocalAddr())
	return h
}

func addressOf(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		p := tcp.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}

// serve answers requests until the connection ends.
func (h *http1) serve() {
	defer h.c.Close()
	last := h.opens
	for h.next(&last) {
	}
}

// next answers one request; false ends the connection. last is when the answer
// before had left: a slow one is not taken from the time between requests.
func (h *http1) next(last *time.Time) bool {
	timeout := h.listener.Balancer.settings.Load().IdleTimeout
	h.c.readWithin(*last, timeout)
	if h.c.buffered() == 0 && h.c.fill() != nil {
		return false
	}
	if !h.state.CompareAndSwap(waiting, working) {
		return false
	}
	h.reset()
	h.out, h.sent, h.chunk = h.out[:0], false, false
	head, err := h.c.head(maxHead)
	h.exchange.begin(now())
	if err != nil {
		return h.refuseHead(err)
	}
	h.bytesIn = len(head) + 2
	if no := h.parse(head); no != nil {
		return h.refuse(no)
	}
	h.closes = h.closes || h.state.Load() == ending || h.received.Sub(h.opens) > h.settings.KeepAlive
	h.prepareBody()
	err = h.run()
	h.finish()
	if h.taken {
		return false
	}
	*last = h.ended
	return h.settle(err)
}

// prepareBody readies the request's body, and lets a client that waits for it
// send it: ALB does not leave that to the target (AWS: "HTTP 100 Continue").
func (h *http1) prepareBody() {
	h.source = nil
	switch {
	case h.length == unknownLength:
		h.body.chunked(h.c)
	case h.length > 0:
		h.body.sized(h.c, h.length)
	default:
		h.body.none(h.c)
		return
	}
	h.source = &h.body
	if h.expects && h.c.buffered() == 0 {
		h.c.writeWithin(h.received, h.settings.IdleTimeout)
		h.c.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
	}
	if h.body.whole() {
		h.bytesIn += int(h.length)
	} else {
		h.c.expectLarge(h.length)
	}
}

// settle ends a request; false ends the connection with it.
func (h *http1) settle(err error) bool {
	if err == nil && h.source != nil && h.whole && !h.body.done {
		h.body.skip()
	}
	if err != nil {
		return false
	}
	if h.closes || h.isolated || h.source != nil && !h.body.done {
		h.linger()
		return false
	}
	h.c.release()
	if cap(h.out) > 2*largeBuffer {
		h.out = nil
	}
	return h.state.CompareAndSwap(working, waiting)
}

// refuseHead answers a head that could not be read.
func (h *http1) refuseHead(err error) bool {
	line := bytes.IndexByte(h.c.buf[h.c.r:h.c.w], '\n')
	switch {
	case isTimeout(err):
		return h.refuse(refuse(408, "", ""))
	case errors.Is(err, errHeadTooLarge) && (line < 0 || line > maxRequestLine):
		return h.refuse(refuse(414, severe, "BadUri"))
	case errors.Is(err, errHeadTooLarge), errors.Is(err, errBareNewline):
		return h.refuse(refuse(400, severe, "BadHeader"))
	case err == io.ErrUnexpectedEOF:
		return h.refuse(refuse(400, "", ""))
	}
	return false
}

// refuse answers a request that goes nowhere, and ends the connection: nobody
// knows where its next request would begin.
func (h *http1) refuse(no *refusal) bool {
	h.class, h.closes, h.source, h.whole = no.class, true, nil, true
	err := h.fail(no.status)
	h.finish()
	if err == nil {
		h.linger()
	}
	return false
}

// lingerFor and lingerBytes bound how long a connection that ends takes what
// its client still sends: closing over unread bytes would reset it, and the
// answer with it.
const (
	lingerFor   = 500 * time.Millisecond
	lingerBytes = 256 << 10
)

func (h *http1) linger() {
	half, ok := h.c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	h.c.SetReadDeadline(now().Add(lingerFor))
	io.CopyN(io.Discard, h.c.Conn, lingerBytes)
}
