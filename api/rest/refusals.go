package rest

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"strconv"

	"catalog/api/telemetry"
)

// Refusals are a listener whose connections write problem documents also where
// Go's server gives up on what it reads: no request has come into being then,
// no handler is called, and the server writes a line of plain text.
func Refusals(l net.Listener) net.Listener { return refusals{l} }

type refusals struct{ net.Listener }

func (l refusals) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &refusing{c}, nil
}

type refusing struct{ net.Conn }

// plainText is how such an answer goes on behind its status, and no answer of a
// handler: that has a date (net/http, conn.serve, errorHeaders).
var plainText = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

// maxStatusLine bounds where plainText is looked for.
const maxStatusLine = 256

// Write passes everything on but such an answer, which is one call.
func (c *refusing) Write(b []byte) (int, error) {
	const begin = "HTTP/1.1 "
	if len(b) < len(begin)+3 || (b[len(begin)] != '4' && b[len(begin)] != '5') || !bytes.HasPrefix(b, []byte(begin)) {
		return c.Conn.Write(b)
	}
	if line := b[:min(len(b), maxStatusLine)]; !bytes.Contains(line, plainText) {
		return c.Conn.Write(b)
	}
	status, err := strconv.Atoi(string(b[len(begin) : len(begin)+3]))
	if err != nil {
		return c.Conn.Write(b)
	}
	if _, err := c.Conn.Write(refusal(status)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// CloseWrite ends this side alone, so that a client that is still sending reads
// its answer: the server asks a connection whether it can.
func (c *refusing) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// refusal is the whole answer to what was no request.
func refusal(status int) []byte {
	code, detail := "malformed", "what was sent is no HTTP request that can be read"
	switch status {
	case http.StatusRequestHeaderFieldsTooLarge:
		code, detail = "header_too_large", "the request's header is larger than 16 KiB"
	case http.StatusNotImplemented:
		code, detail = "unsupported_transfer_encoding", "no transfer coding but chunked is supported"
	case http.StatusHTTPVersionNotSupported:
		code, detail = "unsupported_version", "HTTP/1.1 and HTTP/1.0 are supported"
	}
	body, err := json.Marshal(problemDocument{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code, TraceID: telemetry.TraceIDOf(nil),
	})
	if err != nil { // only strings and numbers are in it
		panic(err)
	}
	body = append(body, '\n')
	head := "HTTP/1.1 " + strconv.Itoa(status) + " " + http.StatusText(status) + "\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n" +
		"X-Content-Type-Options: nosniff\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\nConnection: close\r\n\r\n"
	return append([]byte(head), body...)
}
