package integration

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"catalog/contract"
)

// answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// request sends one request to the load balancer; a document goes as JSON.
func (s system) request(method, path, token string, document any) (answer, error) {
	var body io.Reader
	if document != nil {
		content, err := json.Marshal(document)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(content)
	}
	request, err := http.NewRequest(method, "http://"+s.outputs[contract.OutputAlbDNSName]+path, body)
	if err != nil {
		return answer{}, err
	}
	if document != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, content}, err
}

// must sends a request and fails the test when the answer has another status.
func must(t *testing.T, status int, method, path, token string, document any) answer {
	t.Helper()
	a, err := target.request(method, path, token, document)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.status != status {
		t.Fatalf("%s %s answers %d, want %d: %s", method, path, a.status, status, a.body)
	}
	return a
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("the answer is no JSON of %T: %v: %s", v, err, a.body)
	}
	return v
}
