package rest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/rest"
	"catalog/api/telemetry"
)

// direct is a server that is asked without a connection, so that a test may
// live by a bubble's clock and send what no client would.
type direct struct {
	t      testing.TB
	server *rest.Server
}

// keeping is a server that keeps answers and hears of changes.
func keeping(t testing.TB, store catalog.Store, bytes int64) *direct {
	t.Helper()
	log, err := telemetry.NewLogger(io.Discard, "debug")
	if err != nil {
		t.Fatal(err)
	}
	d := &direct{t, rest.New(rest.Options{Store: store, WriteTokens: []string{token}, Log: log, CacheBytes: bytes})}
	d.server.Watching(true)
	return d
}

// request is one that writes JSON with the token; headers are name, value,
// name, value, and a name may come again.
func request(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if name := http.CanonicalHeaderKey(headers[i]); name == "Content-Type" {
			r.Header.Set(name, headers[i+1])
		} else {
			r.Header[name] = append(r.Header[name], headers[i+1])
		}
	}
	return r
}

// serve answers a request and holds the answer to openapi.yaml.
func (d *direct) serve(r *http.Request) answer {
	d.t.Helper()
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	a := answer{Response: w.Result(), body: w.Body.Bytes()}
	a.Request = r
	if err := openAPIDocument().check(r, a.Response, a.body); err != nil {
		d.t.Errorf("against openapi.yaml: %s %.80s: %d: %v", r.Method, r.URL.RequestURI(), w.Code, err)
	}
	return a
}

func (d *direct) ask(method, target, body string, headers ...string) answer {
	d.t.Helper()
	return d.serve(request(method, target, body, headers...))
}

func (d *direct) get(target string) answer { d.t.Helper(); return d.ask("GET", target, "") }

// create stores a product and answers its path.
func (d *direct) create(body string) string {
	d.t.Helper()
	a := d.ask("POST", "/api/v1/products", body)
	if a.StatusCode != http.StatusCreated {
		d.t.Fatalf("creating %s: %d %s", body, a.StatusCode, a.body)
	}
	return a.Header.Get("Location")
}

// want asks and holds the answer to a status and, unless it is "", to a part
// of its body.
func (d *direct) want(status int, part, method, target, body string, headers ...string) answer {
	d.t.Helper()
	a := d.ask(method, target, body, headers...)
	if a.StatusCode != status || !strings.Contains(string(a.body), part) {
		d.t.Errorf("%s %s %q: %d %.300s, want %d with %s", method, target, headers, a.StatusCode, a.body, status, part)
	}
	return a
}
