package balancer

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// forwarded sends a request with header lines and answers what a target got.
func forwarded(t *testing.T, s Settings, head string) http.Header {
	t.Helper()
	got := make(chan http.Header, 1)
	r := newRig(t, s, newTarget(t, func(_ http.ResponseWriter, r *http.Request) {
		h := r.Header.Clone()
		h.Set("Host", r.Host)
		got <- h
	}))
	r.exchangeRaw(t, "GET /api/v1 HTTP/1.1\r\nConnection: close\r\n"+head+"\r\n")
	return <-got
}

func TestL2_ForwardedFields(t *testing.T) {
	t.Parallel()
	const host = "Host: shop.example:8080\r\n"
	preserve, remove, port, drop := DefaultSettings, DefaultSettings, DefaultSettings, DefaultSettings
	preserve.ForwardedFor, remove.ForwardedFor, port.ForwardedPort, drop.DropInvalidFields = PreserveForwardedFor, RemoveForwardedFor, true, true
	for name, c := range map[string]struct {
		settings Settings
		head     string
		want     map[string]string
	}{
		"of a plain client": {DefaultSettings, host, map[string]string{
			"Host": "shop.example:8080", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "8080",
			"X-Forwarded-Host": "", "Connection": "",
		}},
		"of a client behind a proxy": {DefaultSettings, host + "X-Forwarded-For: 198.51.100.1\r\nx-forwarded-for: 10.1.1.1\r\n", map[string]string{
			"X-Forwarded-For": "198.51.100.1, 10.1.1.1, 127.0.0.1",
		}},
		"of a client that lies": {DefaultSettings, host + "X-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\nX-Forwarded-Host: evil.example\r\n", map[string]string{
			"X-Forwarded-Proto": "http", "X-Forwarded-Port": "8080", "X-Forwarded-Host": "",
		}},
		"of a client without a port":  {DefaultSettings, "Host: shop.example\r\n", map[string]string{"Host": "shop.example", "X-Forwarded-Port": "80"}},
		"preserved":                   {preserve, host + "X-Forwarded-For: 198.51.100.1\r\n", map[string]string{"X-Forwarded-For": "198.51.100.1"}},
		"preserved where none was":    {preserve, host, map[string]string{"X-Forwarded-For": ""}},
		"removed":                     {remove, host + "X-Forwarded-For: 198.51.100.1\r\n", map[string]string{"X-Forwarded-For": ""}},
		"of one connection only":      {DefaultSettings, host + "Keep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\nProxy-Connection: x\r\n", map[string]string{"Keep-Alive": "", "Te": "", "Upgrade": "", "Proxy-Connection": ""}},
		"with names that are invalid": {drop, host + "x_odd: 1\r\nX-Even: 2\r\n", map[string]string{"X_odd": "", "X-Even": "2"}},
		"with odd names":              {DefaultSettings, host + "x_odd: 1\r\n", map[string]string{"X_odd": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := forwarded(t, c.settings, c.head)
			for field, want := range c.want {
				if got.Get(field) != want {
					t.Errorf("%s is %q, want %q", field, got.Get(field), want)
				}
			}
		})
	}
	if got := forwarded(t, port, host).Get("X-Forwarded-For"); !strings.HasPrefix(got, "127.0.0.1:") {
		t.Errorf("with the client's port it is %q", got)
	}
}

// AWS: "Request tracing for your Application Load Balancer".
func TestO2_TraceHeader(t *testing.T) {
	t.Parallel()
	const id = `1-[0-9a-f]{8}-[0-9a-f]{24}`
	const root = "Root=1-67891233-abcdef012345678912345678"
	for given, want := range map[string]string{
		"":                           `Root=` + id,
		root:                         `Self=` + id + `;` + root,
		root + ";CalledFrom=app":     `Self=` + id + `;` + root + `;CalledFrom=app`,
		"Self=1-67891234-12;" + root: `Self=` + id + `;` + root,
		root + ";Self=1-67891234-12": `Self=` + id + `;` + root,
		"CalledFrom=app":             `Self=` + id + `;CalledFrom=app`,
	} {
		head := "Host: a\r\n"
		if given != "" {
			head += "X-Amzn-Trace-Id: " + given + "\r\n"
		}
		got := forwarded(t, DefaultSettings, head).Get("X-Amzn-Trace-Id")
		if !regexp.MustCompile(`\A` + want + `\z`).MatchString(got) {
			t.Errorf("%q becomes %q, want it like %s", given, got, want)
		}
	}
}

// A target's own answer goes through as it is, its errors too.
func TestL2_PassesTheAnswerOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "catalog")
		w.Header().Set("Content-Encoding", "gzip") // not unpacked on the way
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, r.Method, " ", r.RequestURI)
	}))
	status, header, body := r.get(t, "/api/a%2Fb?x=1;2&y=%20")
	if status != http.StatusTeapot || body != "GET /api/a%2Fb?x=1;2&y=%20" {
		t.Errorf("%d %s", status, body)
	}
	if header.Get("Server") != "catalog" || header.Get("Content-Encoding") != "gzip" {
		t.Errorf("the header is %v", header)
	}
}

// Bodies of all sizes and framings arrive as they were sent, both ways.
func TestL2_BodiesArriveWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Query().Has("sized") {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		}
		w.Write(body)
	}))
	client := r.client(t)
	for _, size := range []int{0, 1, 1000, 5000, 40_000, 3 << 20} {
		sent := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		for _, chunked := range []bool{false, true} {
			for _, path := range []string{"/?sized", "/"} {
				request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.address+path, bytes.NewReader(sent))
				if chunked {
					request.ContentLength = -1
				}
				response, err := client.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || !bytes.Equal(got, sent) {
					t.Errorf("of %d bytes, chunked %v, to %s, %d came back: %v", size, chunked, path, len(got), err)
				}
			}
		}
	}
}

func TestI5_OldAndSpecialRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.(http.Flusher).Flush() // so that the length is not known
		fmt.Fprint(w, "got ", r.Method, " ", string(body))
	}))
	for name, c := range map[string]struct{ request, begins, ends string }{
		"HTTP/1.0 knows no chunks":   {"GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\ngot GET "},
		"HEAD has no body":           {"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n"},
		"an absolute target":         {"GET http://b/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "0\r\n\r\n"},
		"a waiting client may send":  {"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", ""},
		"two requests in one packet": {"GET / HTTP/1.1\r\nHost: a\r\n\r\nDELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "got DELETE \r\n0\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(c.request, "100-continue") {
				conn, in := dial(t, r)
				io.WriteString(conn, c.request)
				if line, _ := in.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
					t.Errorf("it answers %q", line)
				}
				io.WriteString(conn, "hi")
				if rest, _ := io.ReadAll(in); !bytes.Contains(rest, []byte("got POST hi")) {
					t.Errorf("it answers %q", rest)
				}
				return
			}
			got := r.exchangeRaw(t, c.request)
			if !strings.HasPrefix(got, c.begins) || !strings.HasSuffix(got, c.ends) {
				t.Errorf("it answers %q", got)
			}
		})
	}
}

func dial(t testing.TB, r *rig) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c, bufio.NewReader(c)
}

// What a target writes reaches the client at once, not when it is done.
func TestI5_AnswersStream(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "first")
		w.(http.Flusher).Flush()
		<-more
		fmt.Fprint(w, "second")
	}))
	response, err := r.client(t).Get("http://" + r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "first" {
		t.Fatalf("%q, %v", first, err)
	}
	close(more)
	if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != "second" {
		t.Errorf("%q, %v", rest, err)
	}
}

// A target may answer before it has the whole request: the client gets it.
func TestI5_AnEarlyAnswerArrives(t *testing.T) {
	t.Parallel()
	r := newRig(t, DefaultSettings, newTarget(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "too much", http.StatusRequestEntityTooLarge)
	}))
	c, in := dial(t, r)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"+strings.Repeat("x", 100_000))
	response, err := http.ReadResponse(in, nil)
	if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Fatalf("%v, %v", response, err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "too much\n" {
		t.Errorf("%q, %v", body, err)
	}
}

// Connections to targets are used again.
func TestI5_ConnectionsAreKept(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	r := newRig(t, DefaultSettings, newRawTarget(t, func(c net.Conn, in *bufio.Reader) {
		connections.Add(1)
		for {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	}))
	for range 50 {
		if status, _, _ := r.get(t, "/"); status != 200 {
			t.Fatal(status)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for requests that came one after the other", n)
	}
}
