package balancer

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// http2 is one stream of an HTTP/2 client. Its target gets HTTP/1.1, as from
// ALB.
type http2 struct {
	exchange
	w    http.ResponseWriter
	r    *http.Request
	sent bool
	head *answer // not sent yet

	// The deadlines that are set; as with conn, they are moved by grains.
	readBy, writeBy time.Time
}

// streams are used again, with their buffers.
var streams = sync.Pool{New: func() any { return &http2{} }}

// serveStream answers one stream's request.
func (l *Listener) serveStream(w http.ResponseWriter, r *http.Request) {
	h := streams.Get().(*http2)
	defer streams.Put(h)
	h.w, h.r, h.sent = w, r, false
	h.readBy, h.writeBy = time.Time{}, time.Time{}
	h.listener, h.exchange.client, h.secure = l, h, true
	h.tls = r.TLS
	h.shard = l.Balancer.connections.Add(1)
	h.peer, _ = netip.ParseAddrPort(r.RemoteAddr)
	h.reset()
	h.exchange.begin(now())
	err := h.take()
	h.finish()
	h.w, h.r, h.source = nil, nil, nil
	if err != nil {
		panic(http.ErrAbortHandler) // resets the stream
	}
}

// take turns the stream's request into the form that exchanges have, and runs
// it.
func (h *http2) take() error {
	h.source = nil
	h.version, h.method, h.host = version20, []byte(h.r.Method), []byte(h.r.Host)
	if no := h.parseTarget([]byte(h.r.RequestURI)); no != nil {
		h.class = no.class
		return h.fail(no.status)
	}
	h.bytesIn = len(h.r.RequestURI)
	for name, values := range h.r.Header {
		for _, value := range values {
			f := field{name: []byte(name), value: []byte(value)}
			if f.kind = kindOf(f.name); f.kind == contentLengthField || f.kind == transferEncodingField || f.kind == hostField {
				continue // HTTP/2 frames by itself
			}
			h.bytesIn += len(name) + len(value) + len(": \r\n")
			h.fields = append(h.fields, f)
		}
	}
	if no := h.check(); no != nil {
		h.class = no.class
		return h.fail(no.status)
	}
	if h.length = h.r.ContentLength; h.length != 0 {
		h.source = &streamBody{reader: h.r.Body}
	}
	return h.run()
}

// streamBody reads a request's body from its stream.
type streamBody struct {
	reader io.Reader
	buf    [largeBuffer]byte
	done   bool
}

func (b *streamBody) next() ([]byte, error) {
	if b.done {
		return nil, io.EOF
	}
	for {
		n, err := b.reader.Read(b.buf[:])
		b.done = err == io.EOF
		if n > 0 || err != nil {
			if n > 0 {
				err = nil
			}
			return b.buf[:n], err
		}
	}
}

func (b *streamBody) ready() bool { return b.done }

// begin keeps the head back until a part of the body comes: an answer that
// breaks off before can still become a 502.
func (h *http2) begin(a *answer) {
	kept := *a
	header := h.w.Header()
	clear(header)
	named := namesFields(a.fields)
	for _, f := range a.fields {
		switch f.kind {
		case transferEncodingField, connectionField, hopField, upgradeField, contentLengthField:
			continue
		}
		if named && isNamed(a.fields, f.name) {
			continue
		}
		name := http.CanonicalHeaderKey(string(f.name))
		header[name] = append(header[name], string(f.value))
	}
	if header["Content-Type"] == nil {
		header["Content-Type"] = nil // net/http would guess one
	}
	if a.length >= 0 && a.status != http.StatusNoContent {
		header.Set("Content-Length", strconv.FormatInt(a.length, 10))
	}
	kept.fields = nil
	h.head = &kept
}

// sendHead begins to send, within the idle timeout. net/http resets the stream
// when the deadline comes, whether or not anything waits to be sent: a target's
// silence must be noticed first.
func (h *http2) sendHead() {
	if by := now().Add(h.settings.IdleTimeout + deadlineGrain); by.Sub(h.writeBy) > deadlineGrain {
		h.writeBy = by
		http.NewResponseController(h.w).SetWriteDeadline(by)
	}
	if h.head != nil {
		h.sent = true
		h.w.WriteHeader(h.head.status)
		h.head = nil
	}
}

func (h *http2) write(piece []byte) error {
	h.sendHead()
	n, err := h.w.Write(piece)
	h.bytesOut += n
	return err
}

func (h *http2) flush() error {
	h.sendHead()
	return http.NewResponseController(h.w).Flush()
}

func (h *http2) end() error {
	h.sendHead()
	return nil
}

func (h *http2) begun() bool { return h.sent }

func (h *http2) withdraw() { h.head = nil }

func (h *http2) awaitBody(at time.Time) {
	if by := at.Add(h.settings.IdleTimeout); by.Sub(h.readBy) > min(deadlineGrain, h.settings.IdleTimeout/2) {
		h.readBy = by
		http.NewResponseController(h.w).SetReadDeadline(by)
	}
}

func (h *http2) stopBody() { http.NewResponseController(h.w).SetReadDeadline(time.Unix(1, 0)) }

func (h *http2) watch(gone func()) (stop func()) {
	finished := make(chan struct{})
	stopWatch := context.AfterFunc(h.r.Context(), func() {
		defer close(finished)
		gone()
	})
	return func() {
		if !stopWatch() {
			<-finished
		}
	}
}

// protocol of the client, as a request line has it.
func (r *request) protocol() string {
	switch r.version {
	case version20:
		return "HTTP/2.0"
	case version10:
		return "HTTP/1.0"
	}
	return "HTTP/1.1"
}

func isWebSocket(value []byte) bool { return strings.EqualFold(string(value), "websocket") }
