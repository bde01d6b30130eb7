package flask_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"catalog/contract"
)

const products = contract.APIBase + "/products"

// answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// client asks for no coding and follows no redirect: what is sent is compared.
var client = &http.Client{
	Timeout:       20 * time.Second,
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ask sends one request.
func (s *server) ask(method, path string, header map[string]string, body string) (answer, error) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, text}, err
}

// want sends a request, as a writer does, and fails the test unless it is
// answered with a status.
func (s *server) want(t *testing.T, status int, method, path, body string, more ...string) answer {
	t.Helper()
	header := map[string]string{"Authorization": "Bearer " + writeToken, "Content-Type": "application/json"}
	for i := 0; i+1 < len(more); i += 2 {
		header[more[i]] = more[i+1]
	}
	a, err := s.ask(method, path, header, body)
	if err != nil || a.status != status {
		t.Fatalf("%s %s answers %d, want %d: %s %v\n%s", method, path, a.status, status, a.body, err, s.output)
	}
	return a
}

// value is the body as JSON.
func (a answer) value(t *testing.T) any {
	t.Helper()
	if len(a.body) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%.300s is no JSON: %v", a.body, err)
	}
	return v
}

// text is one member of the body.
func (a answer) text(t *testing.T, member string) string {
	t.Helper()
	object, _ := a.value(t).(map[string]any)
	text, _ := object[member].(string)
	return text
}

func (s *server) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = s.process.End(ctx, syscall.SIGTERM, patience) // a test that cares asks by itself
}
