package balancer

import (
	"bytes"
	"errors"
)

// response is the head of a target's answer. Its slices belong to the
// connection's buffer.
type response struct {
	status  int
	version int
	reason  []byte
	fields  []field
	length  int64 // as Content-Length says; unknownLength without one
	chunked bool
	closes  bool // the target closes the connection behind it
}

// maxResponseHead is the limit of an answer's head, in bytes (AWS: 502 in
// "Troubleshoot your Application Load Balancers").
const maxResponseHead = 32 << 10

// maxInterim is how many 1XX answers may come before the final one.
const maxInterim = 16

var errBadResponse = errors.New("the target's answer is malformed")

// parse reads a head as conn.head answers it. Two lengths, or a length and
// chunks, are an error: nobody knows where the next answer begins.
func (r *response) parse(head []byte) error {
	end := bytes.IndexByte(head, '\n')
	if end < 1 {
		return errBadResponse
	}
	line := head[:end-1]
	// HTTP/1.1 200 OK; the reason and the space before it may be missing.
	if len(line) < 12 || string(line[:7]) != "HTTP/1." || line[8] != ' ' || len(line) > 12 && line[12] != ' ' {
		return errBadResponse
	}
	*r = response{fields: r.fields[:0], length: unknownLength, version: version11, reason: line[min(13, len(line)):]}
	switch line[7] {
	case '0':
		r.version, r.closes = version10, true
	case '1':
	default:
		return errBadResponse
	}
	for _, c := range line[9:12] {
		if c < '0' || c > '9' {
			return errBadResponse
		}
		r.status = r.status*10 + int(c-'0')
	}
	if r.status < 100 || !isFieldValue(r.reason) {
		return errBadResponse
	}
	var err error
	if r.fields, err = parseFields(head[end+1:], r.fields); err != nil {
		return err
	}
	return r.frame()
}

func (r *response) frame() error {
	for i := range r.fields {
		f := &r.fields[i]
		switch f.kind {
		case contentLengthField:
			n, err := parseLength(f.value)
			if err != nil || r.length != unknownLength && r.length != n {
				return errBadResponse
			}
			r.length = n
		case transferEncodingField:
			if r.chunked || !equalFold(f.value, "chunked") {
				return errBadResponse
			}
			r.chunked = true
		case connectionField:
			r.closes = r.closes || listed(f.value, "close")
			if r.version == version10 && listed(f.value, "keep-alive") {
				r.closes = false
			}
		}
	}
	if r.chunked && (r.length != unknownLength || r.version == version10) {
		return errBadResponse
	}
	return nil
}

// isBodyless: such answers end with their head (RFC 9112, 6.3).
func (r *response) isBodyless(method []byte) bool {
	return r.status < 200 || r.status == 204 || r.status == 304 || string(method) == "HEAD"
}

// read prepares the body's reader.
func (r *response) read(b *body, c *conn, method []byte) {
	switch {
	case r.isBodyless(method):
		b.none(c)
	case r.chunked:
		b.chunked(c)
	case r.length >= 0:
		b.sized(c, r.length)
	default:
		b.untilClose(c)
		r.closes = true
	}
}
