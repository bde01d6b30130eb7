package rest_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"catalog/api/rest"
)

// TestI7_WhatIsNoRequestIsRefusedWithAProblem: Go's server answers these
// itself. Should it come to word its answers in another way, this fails.
func TestI7_WhatIsNoRequestIsRefusedWithAProblem(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(t, &memoryStore{}, io.Discard).HTTPServer()
	go server.Serve(rest.Refusals(socket))
	t.Cleanup(func() { server.Close() })
	for name, c := range map[string]struct {
		sends  string
		status int
		code   string
	}{
		"noise":                     {"\x16\x03\x01\r\n\r\n", 400, "malformed"},
		"a broken escape":           {"GET /api/v1/categories/% HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed"},
		"no host":                   {"GET /health HTTP/1.1\r\n\r\n", 400, "malformed"},
		"a header too large":        {"GET /health HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 40_000) + "\r\n\r\n", 431, "header_too_large"},
		"another transfer encoding": {"POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "unsupported_transfer_encoding"},
		"another version":           {"GET /health HTTP/3.0\r\nHost: a\r\n\r\n", 505, "unsupported_version"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := net.Dial("tcp", socket.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			io.WriteString(client, c.sends)
			response, err := http.ReadResponse(bufio.NewReader(client), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			var p problemDocument
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if response.StatusCode != c.status || p.Status != c.status || p.Code != c.code || p.Detail == "" || p.TraceID == "" || !response.Close ||
				response.Header.Get("Content-Type") != "application/problem+json" || response.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("the answer is %s %v %s, want %d %s", response.Status, response.Header, body, c.status, c.code)
			}
		})
	}
}

// TestI7_WhatAHandlerWritesPassesAsItIs: nothing of it is taken for an answer
// of Go's server.
func TestI7_WhatAHandlerWritesPassesAsItIs(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const text = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain"
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, text)
	})}
	go server.Serve(rest.Refusals(socket))
	t.Cleanup(func() { server.Close() })
	response, err := http.Get("http://" + socket.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != text || response.StatusCode != http.StatusBadRequest {
		t.Errorf("the answer is %s %q, %v", response.Status, body, err)
	}
}
