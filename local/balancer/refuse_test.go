package balancer

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Requests that two readers could understand differently go nowhere (AWS:
// "Desync mitigation mode"; RFC 9112), and nothing behind them is answered.
func TestI5_AmbiguousRequestsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a target got %s %s %v", r.Method, r.URL, r.Header)
	}))
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, c := range map[string]struct{ request, want string }{
		"both lengths":              {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
		"two lengths":               {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345", "400 Bad Request"},
		"a list of lengths":         {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n12345", "400 Bad Request"},
		"a signed length":           {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n12345", "400 Bad Request"},
		"a huge length":             {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n", "400 Bad Request"},
		"an unknown encoding":       {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501 Not Implemented"},
		"an odd encoding":           {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501 Not Implemented"},
		"two encodings":             {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
		"chunks in HTTP/1.0":        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
		"a space before the colon":  {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
		"a field over two lines":    {"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n Transfer-Encoding: chunked\r\n\r\n", "400 Bad Request"},
		"a bare carriage return":    {"GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n", "400 Bad Request"},
		"bare newlines":             {"GET / HTTP/1.1\nHost: a\n\n", "400 Bad Request"},
		"a NUL":                     {"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", "400 Bad Request"},
		"no name":                   {"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", "400 Bad Request"},
		"no host":                   {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
		"two hosts":                 {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 Bad Request"},
		"a host with a path":        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 Bad Request"},
		"no version":                {"GET /\r\nHost: a\r\n\r\n", "400 Bad Request"},
		"another version":           {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"},
		"two spaces":                {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
		"a space in the target":     {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
		"a target without a slash":  {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
		"a tunnel":                  {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
		"TRACE":                     {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "405 Not Allowed"},
		"a long request line":       {"GET /" + strings.Repeat("x", 17<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n", "414 Request-URI Too Large"},
		"a request line of 80 KiB":  {"GET /" + strings.Repeat("x", 80<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n", "414 Request-URI Too Large"},
		"a large field":             {"GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 17<<10) + "\r\n\r\n", "400 Bad Request"},
		"a large head":              {"GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: "+strings.Repeat("x", 8000)+"\r\n", 9) + "\r\n", "400 Bad Request"},
		"31 forwarding addresses":   {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: " + strings.Repeat("10.0.0.1, ", 30) + "10.0.0.1\r\n\r\n", "463 X-Forwarded-For"},
		"31 in many fields":         {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + strings.Repeat("X-Forwarded-For: 10.0.0.1\r\n", 31) + "\r\n", "463 X-Forwarded-For"},
		"TLS to an HTTP listener":   {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400 Bad Request"},
		"an encoding with a return": {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.exchangeRaw(t, c.request+smuggled)
			if !strings.HasPrefix(got, "HTTP/1.1 "+c.want) || strings.Count(got, "HTTP/1.1 ") != 1 || !strings.Contains(got, "\r\nServer: awselb/2.0\r\n") {
				t.Errorf("it answers %.300q, want %s and nothing more", got, c.want)
			}
		})
	}
}

// What is odd but has one meaning goes on, alone on its connections.
func TestI5_OddRequestsGoOnAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Write(append([]byte(r.Method+" "), body...))
		if r.Header.Get("Content_Length") != "" {
			t.Error("a suspicious field went on")
		}
	}))
	for name, request := range map[string]string{
		"the same length twice":  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
		"a GET with a body":      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
		"a name like a length's": "POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 7\r\nContent-Length: 2\r\n\r\nhi",
	} {
		got := r.exchangeRaw(t, request+"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.HasSuffix(got, " hi") || !strings.Contains(got, "\r\nConnection: close\r\n") {
			t.Errorf("%s: it answers %q", name, got)
		}
	}
	strict := DefaultSettings
	strict.Strict = true
	refused := newRig(t, strict, "127.0.0.1:1")
	if got := refused.exchangeRaw(t, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("strictest answers %q", got)
	}
}

// Whatever is let through means the same to net/http's reader, which targets
// written in Go use.
func FuzzRequestHead(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST /x?y HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\n\r\n",
		"PUT http://b/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "OPTIONS * HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: [::1]:80\r\nX:\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		end := bytes.Index(input, headEnd)
		if end < 0 {
			return
		}
		head := input[:end+2]
		var r request
		if no := r.parse(head); no != nil {
			return
		}
		if len(r.host) > 0 { // HTTP/2 brings the same by another way
			streamed := request{method: r.method, host: r.host, version: version20}
			if no := streamed.parseTarget(r.uri); no != nil || streamed.check() != nil {
				t.Errorf("%q is refused over HTTP/2", head)
			}
		}
		x := exchange{request: r, settings: &DefaultSettings, listener: New("", DefaultSettings).NewListener(80)}
		out := x.appendOutgoing(nil)
		reference, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(out)))
		if err != nil {
			if strings.Contains(err.Error(), "invalid URI") || strings.Contains(err.Error(), "parse ") || strings.Contains(err.Error(), "malformed Host") {
				return // net/http looks into the target's percent signs too
			}
			t.Fatalf("%q goes on as %q, which net/http refuses: %v", head, out, err)
		}
		if reference.ContentLength != r.length && !(r.length == unknownLength && reference.ContentLength == -1) {
			t.Errorf("%q has a body of %d, and goes on with one of %d", head, r.length, reference.ContentLength)
		}
		if reference.Method != string(r.method) || reference.RequestURI != string(r.uri) || len(r.host) > 0 && reference.Host != string(r.host) {
			t.Errorf("%q is %s %s of %s, and goes on as %s %s of %s", head, r.method, r.uri, r.host, reference.Method, reference.RequestURI, reference.Host)
		}
	})
}

// Whatever an HTTP/2 client says, its target reads one request, and that one.
func FuzzStreamHead(f *testing.F) {
	f.Add("GET", "/", "a", "X-One", "1")
	f.Add("GET /admin HTTP/1.1", "/", "a", "X", "y")
	f.Add("POST", "/a b", "", "Connection", "X-One")
	f.Fuzz(func(t *testing.T, method, path, host, name, value string) {
		r := request{method: []byte(method), host: []byte(host), version: version20}
		if !isToken([]byte(name)) || !isFieldValue([]byte(value)) { // net/http refuses these itself
			return
		}
		if kind := kindOf([]byte(name)); kind == otherField {
			r.fields = []field{{name: []byte(name), value: []byte(value)}}
		}
		if r.parseTarget([]byte(path)) != nil || r.check() != nil {
			return
		}
		x := exchange{request: r, settings: &DefaultSettings, listener: New("", DefaultSettings).NewListener(443)}
		in := bufio.NewReader(bytes.NewReader(x.appendOutgoing(nil)))
		line, _ := in.ReadString('\n')
		if line != method+" "+string(r.uri)+" HTTP/1.1\r\n" || strings.Count(line, " ") != 2 {
			t.Errorf("%q %q goes on as %q", method, path, line)
		}
		if line, _ = in.ReadString('\n'); line != "Host: "+string(r.host)+"\r\n" {
			t.Errorf("the host %q goes on as %q", host, line)
		}
	})
}

func FuzzResponseHead(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.0 204\r\n\r\n", "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
		"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		end := bytes.Index(input, headEnd)
		var r response
		if end < 0 || r.parse(input[:end+2]) != nil {
			return
		}
		if r.status < 100 || r.status > 999 || r.length < unknownLength || r.chunked && r.length >= 0 {
			t.Errorf("%q is %+v", input, r)
		}
		if bytes.ContainsAny(r.reason, "\r\n") {
			t.Errorf("%q has the reason %q", input, r.reason)
		}
	})
}

// Chunks are read as net/http reads them, or refused.
func FuzzChunks(f *testing.F) {
	for _, seed := range []string{"0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "A;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n", "fffffffffffffff\r\n", "-1\r\n", "5\nhello"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		var b body
		c := &conn{buf: append([]byte(nil), input...), w: len(input), Conn: ended{}}
		if len(c.buf) == 0 {
			return
		}
		b.chunked(c)
		var got []byte
		for {
			piece, err := b.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return
			}
			got = append(got, piece...)
		}
		message := append([]byte("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), input...)
		reference, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(message)))
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(reference.Body)
		if !bytes.Equal(got, want) && err == nil {
			t.Errorf("%q is read as %q, by net/http as %q", input, got, want)
		}
	})
}
