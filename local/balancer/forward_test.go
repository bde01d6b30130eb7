package balancer

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
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
			"X-Forwarded-Proto": "http", "X-Forwarded-Port": "8080", "X-Forwarded-Host": "evil.example", // as ALB: it does not touch this one
		}},
		"that several Connection fields name": {DefaultSettings, host + "Connection: X-One\r\nConnection: X-Two, X-Three\r\nX-One: 1\r\nX-Two: 2\r\nX-Three: 3\r\nX-Four: 4\r\n", map[string]string{
			"X-One": "", "X-Two": "", "X-Three": "", "X-Four": "4",
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
