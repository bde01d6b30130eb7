package rest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"catalog/api/catalog"
	"catalog/api/rest"
	"catalog/api/telemetry"
)

// TestMain: what a test has started ends with it. The cache and the coders
// start nothing that outlives a request, so there is nothing to leave out.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "write-token-0123456789"

// logs keeps what a server logs.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// lines are the log's records with this message.
func (l *logs) lines(t *testing.T, message string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for line := range strings.Lines(l.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("a line of the log is no JSON: %v: %s", err, line)
		}
		if record["msg"] == message {
			found = append(found, record)
		}
	}
	return found
}

// fixture is a server behind a real connection.
type fixture struct {
	t      *testing.T
	store  *memoryStore
	server *rest.Server
	log    *logs
	url    string
}

func serve(t *testing.T, tokens ...string) *fixture {
	t.Helper()
	f := &fixture{t: t, store: &memoryStore{}, log: &logs{}}
	f.server = newServer(t, f.store, f.log, tokens...)
	h := httptest.NewServer(f.server)
	t.Cleanup(h.Close)
	f.url = h.URL
	return f
}

func newServer(t testing.TB, store catalog.Store, log io.Writer, tokens ...string) *rest.Server {
	t.Helper()
	logger, err := telemetry.NewLogger(log, "debug")
	if err != nil {
		t.Fatal(err)
	}
	if len(tokens) == 0 {
		tokens = []string{token}
	}
	return rest.New(rest.Options{Store: store, WriteTokens: tokens, Log: logger, Version: "v1.2.3"})
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body []byte
}

// ask sends a request; headers are name, value, name, value. It holds every
// answer to what all answers have in common.
func (f *fixture) ask(method, path, body string, headers ...string) answer {
	f.t.Helper()
	request, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		f.t.Fatal(err)
	}
	defer response.Body.Close()
	a := answer{Response: response}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		f.t.Fatal(err)
	}
	conform(f.t, request, response, a.body)
	return a
}

func (f *fixture) get(path string) answer { f.t.Helper(); return f.ask("GET", path, "") }

// write sends a JSON document with the token.
func (f *fixture) write(method, path, body string) answer {
	f.t.Helper()
	return f.ask(method, path, body, "Authorization", "Bearer "+token, "Content-Type", "application/json")
}

// create stores a product and answers its path.
func (f *fixture) create(body string) string {
	f.t.Helper()
	a := f.write("POST", "/api/v1/products", body)
	if a.StatusCode != http.StatusCreated {
		f.t.Fatalf("creating %s: %d %s", body, a.StatusCode, a.body)
	}
	return a.Header.Get("Location")
}

func decode[T any](t *testing.T, a answer) (v T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}

type problemDocument struct {
	Type, Title, Detail, Instance, Code string
	Status                              int
	Errors                              []struct{ Pointer, Detail string }
	TraceID                             string `json:"trace_id"`
}

// wantProblem holds an answer to RFC 9457 and to violations at these pointers.
func wantProblem(t *testing.T, a answer, status int, code string, pointers ...string) problemDocument {
	t.Helper()
	p := decode[problemDocument](t, a)
	if a.StatusCode != status || p.Status != status || p.Code != code || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("the answer is %s %s, want %d %s", a.Status, a.body, status, code)
	}
	if p.Type == "" || p.Title != http.StatusText(status) || p.Detail == "" || p.TraceID == "" || p.Instance != a.Request.URL.EscapedPath() {
		t.Errorf("a member is missing or wrong: %s", a.body)
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a problem may be cached: %v", a.Header)
	}
	var got []string
	for _, e := range p.Errors {
		got = append(got, e.Pointer)
	}
	if strings.Join(got, " ") != strings.Join(pointers, " ") {
		t.Errorf("errors at %q, want %q: %s", got, pointers, a.body)
	}
	return p
}
