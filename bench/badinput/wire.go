package main

import (
	"bytes"
	"math/rand/v2"
	"strings"
)

// wires are bytes that are no HTTP, or nearly are.
var wires = [][]byte{
	{},
	{0},
	[]byte("\n"), []byte("\r\n\r\n"), []byte("GET"), []byte("GET /health\r\n\r\n"), []byte("GET /health HTTP/0.9\r\n\r\n"), []byte("GET /health HTTP/1.0\r\n\r\n"), []byte("GET /health HTTP/9.9\r\n\r\n"), []byte("GET /health HTTP/1.1\r\n\r\n"),
	[]byte("GET /health HTTP/1.1\nHost: a\n\n"), []byte("GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), []byte("GET  /health  HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET /health HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n"), []byte("GET /health HTTP/1.1\r\nHost : a\r\n\r\n"),
	[]byte("GET http://a/health HTTP/1.1\r\nHost: b\r\n\r\n"), []byte("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET health HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET ?a HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET //health HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("GET http:///health HTTP/1.1\r\nHost: a\r\n\r\n"),
	[]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"), []byte("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"), []byte("\x00\x00\x00\x08\x04\xd2\x16\x2f"), []byte("SSH-2.0-OpenSSH\r\n"), []byte("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("EHLO a\r\n"),
	[]byte("POST /api/v1/products HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"), []byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"),
	[]byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"), []byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), []byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"), []byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), []byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;a=\"\r\n{}X0\r\n\r\n"),
	[]byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n"), []byte("POST /api/v1/products:batch-get HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}}"), []byte("POST /api/v1/imports HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsku,\r\n"),
	[]byte("GET /health HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 5000) + "\r\n"), []byte("GET /health HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 100_000) + "\r\n\r\n"), []byte("GET /" + strings.Repeat("a", 100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"), []byte(strings.Repeat("A", 1<<20)), bytes.Repeat([]byte("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"), 40), bytes.Repeat([]byte{0xff}, 70_000), bytes.Repeat([]byte("\r\n"), 40_000),
}

// scrambledWire is a request or bytes that are none, broken at random.
func scrambledWire(c *rand.Rand, routes []route, ids []string) []byte {
	switch c.IntN(4) {
	case 0:
		noise := make([]byte, c.IntN(4000))
		for i := range noise {
			noise[i] = byte(c.IntN(256))
		}
		return noise
	case 1:
		return scrambled(c, pick(c, wires))
	}
	q := made(c, routes, ids)
	q.drop("Authorization") // what the bytes mean is not known: nothing may be written
	return scrambled(c, q.bytes("a"))
}
