package main

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// request is one that is written byte by byte: a client's library would refuse
// to send most of them.
type request struct {
	method, target string
	headers        [][2]string
	body           []byte
	writes         bool // the route needs a token, and this one has none that is valid
}

// framing are the fields that say where a request ends, and who listens to it:
// behind them a connection is used for nothing else.
var framing = []string{"content-length", "transfer-encoding", "expect", "connection", "upgrade", "host", "trailer", "te"}

// set replaces a field's values by one.
func (q *request) set(name, value string) {
	q.drop(name)
	q.headers = append(q.headers, [2]string{name, value})
}

func (q *request) drop(name string) {
	q.headers = slices.DeleteFunc(q.headers, func(h [2]string) bool { return strings.EqualFold(h[0], name) })
}

func (q *request) has(name string) bool {
	return slices.ContainsFunc(q.headers, func(h [2]string) bool { return strings.EqualFold(h[0], name) })
}

// isPlain says whether the next request may follow on the connection.
func (q *request) isPlain() bool {
	if !isWord(q.method) || !isWord(q.target) {
		return false
	}
	for _, h := range q.headers {
		if strings.ContainsAny(h[0]+h[1], "\r\n\x00") || !isWord(h[0]) || slices.Contains(framing[:], strings.ToLower(h[0])) {
			return false
		}
	}
	return true
}

func isWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f })
}

// bytes is the request as it is sent to a host.
func (q *request) bytes(host string) []byte {
	var b bytes.Buffer
	b.WriteString(q.method + " " + q.target + " HTTP/1.1\r\n")
	if !q.has("Host") {
		b.WriteString("Host: " + host + "\r\n")
	}
	for _, h := range q.headers {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	if !q.has("Content-Length") && !q.has("Transfer-Encoding") && (q.body != nil || q.method == "POST") {
		b.WriteString("Content-Length: " + strconv.Itoa(len(q.body)) + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(q.body)
	return b.Bytes()
}

// valid is a request for a route as a client should send it.
func valid(r route, ids []string, n int) *request {
	q := &request{method: r.method, target: r.path}
	if strings.Contains(r.path, "{id}") {
		values := r.pathValues
		if strings.Contains(r.path, "/products/") && len(ids) > 0 {
			values = ids
		}
		q.target = strings.ReplaceAll(r.path, "{id}", url.PathEscape(values[n%len(values)]))
	}
	if r.writes {
		q.set("Authorization", "Bearer "+token)
		if strings.Contains(r.path, "/products/") {
			q.set("If-Match", "*")
		}
	}
	if len(r.media) > 0 {
		q.set("Content-Type", r.media[n%len(r.media)])
		q.body = text(r.bodies[n%len(r.bodies)])
		if n%4 == 0 { // otherwise its SKU is taken
			q.body = bytes.Replace(q.body, []byte(`"sku":"`), fmt.Appendf(nil, `"sku":"%d-`, n), 1)
		}
	}
	return q
}

// escaped writes a value into a query or a path so that it arrives as it is.
func escaped(value string) string { return url.QueryEscape(value) }

// withQuery adds a parameter, as it is or escaped.
func (q *request) withQuery(name, value string) {
	separator := "?"
	if strings.Contains(q.target, "?") {
		separator = "&"
	}
	q.target += separator + name + "=" + value
}
