package balancer

import (
	"net/http"
	"strconv"
	"time"
)

// begin writes an answer's head, over HTTP/1.1, without the fields that belong
// to the target's connection.
func (h *http1) begin(a *answer) {
	out := append(h.out, "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(a.status), 10)
	out = append(out, ' ')
	if a.reason != nil {
		out = append(out, a.reason...)
	} else {
		out = append(out, reasonOf(a.status)...)
	}
	out = append(out, "\r\n"...)
	named := namesFields(a.fields)
	dated := false
	for i := range a.fields {
		f := &a.fields[i]
		switch f.kind {
		case contentLengthField, transferEncodingField, connectionField, hopField:
			continue
		case upgradeField:
			if !a.upgrade {
				continue
			}
		case dateField:
			dated = true
		}
		if !named || a.upgrade || !isNamed(a.fields, f.name) {
			out = appendField(out, f.name, f.value)
		}
	}
	if !dated {
		out = append(out, "Date: "...)
		out = h.received.UTC().AppendFormat(out, http.TimeFormat)
		out = append(out, "\r\n"...)
	}
	h.out = h.appendFraming(out, a)
}

// appendFraming says how the answer's body ends, and the connection.
func (h *http1) appendFraming(out []byte, a *answer) []byte {
	switch {
	case a.upgrade:
		return append(out, "Connection: Upgrade\r\n\r\n"...)
	case a.status == 204 || a.status == 304 && a.length < 0:
	case a.length >= 0:
		out = append(out, "Content-Length: "...)
		out = strconv.AppendInt(out, a.length, 10)
		out = append(out, "\r\n"...)
	case a.bodyless:
	case h.version == version11:
		h.chunk = true
		out = append(out, "Transfer-Encoding: chunked\r\n"...)
	default: // HTTP/1.0 knows no chunks: the body ends with the connection
		h.closes = true
	}
	if !h.whole && h.pump == nil || h.isolated {
		h.closes = true // the rest of the request would be taken for the next one
	}
	if h.closes {
		return append(out, "Connection: close\r\n\r\n"...)
	}
	return append(out, "Connection: keep-alive\r\n\r\n"...)
}

func (h *http1) write(piece []byte) error {
	h.out = appendPiece(h.out, piece, h.chunk, false)
	if len(h.out) >= largeBuffer {
		return h.flush()
	}
	return nil
}

func (h *http1) flush() error {
	if len(h.out) == 0 {
		return nil
	}
	at := h.answeredAt
	if at.IsZero() || h.sent {
		at = now()
	}
	h.c.writeWithin(at, h.settings.IdleTimeout)
	h.sent = true
	n, err := h.c.Write(h.out)
	h.bytesOut += n
	h.out = h.out[:0]
	return err
}

func (h *http1) end() error {
	h.out = appendPiece(h.out, nil, h.chunk, h.chunk)
	if err := h.flush(); err != nil {
		return errClientGone
	}
	return nil
}

func (h *http1) begun() bool { return h.sent }

func (h *http1) withdraw() { h.out, h.chunk = h.out[:0], false }

func (h *http1) awaitBody(at time.Time) { h.c.readWithin(at, h.settings.IdleTimeout) }

func (h *http1) stopBody() { h.c.Conn.SetReadDeadline(time.Unix(1, 0)) }

// watch reads ahead: a client that has nothing to say keeps it waiting, one
// that leaves ends it. What else it reads is the beginning of the next request;
// one that has sent much of that is not listened to any longer.
func (h *http1) watch(gone func()) (stop func()) {
	if h.c.buffered() >= largeBuffer {
		return func() {}
	}
	finished := make(chan struct{})
	h.c.readExactly(time.Time{})
	go func() {
		defer close(finished)
		if err := h.c.fill(); err != nil && !isTimeout(err) {
			gone()
		}
	}()
	return func() {
		h.c.readExactly(time.Unix(1, 0))
		<-finished
	}
}
