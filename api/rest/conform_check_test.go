package rest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestConformFindsWhatIsWrong: a check that finds nothing would let every test
// pass.
func TestConformFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	const (
		list    = `{"items":[],"next_cursor":null}`
		missing = `{"type":"about:blank","title":"Not Found","status":404,"detail":"no","instance":"/x","code":"not_found","trace_id":"1"}`
		reading = "ETag: \"1\"\nCache-Control: public, max-age=0, stale-if-error=300\nVary: Accept-Encoding\nContent-Type: application/json"
		failed  = "Content-Type: application/problem+json"
	)
	for _, c := range []struct {
		request string
		status  int
		header  string
		body    string
		wrong   string // "" for nothing
	}{
		{"GET /api/v1/products", 200, reading, list, ""},
		{"HEAD /api/v1/products", 200, reading, "", ""},
		{"GET /api/v1/products", 200, reading, `{"items":[]}`, "next_cursor"},
		{"GET /api/v1/products", 200, reading, `{"items":[{"id":"1"}],"next_cursor":null}`, "/items/0/id"},
		{"GET /api/v1/products", 200, reading, `{"items":[{"id":"0190b3c2-f0a0-7000-8000-00000000000a"}],"next_cursor":null}`, "an item"},
		{"GET /api/v1/products?fields=id", 200, reading, `{"items":[{"id":"0190b3c2-f0a0-7000-8000-00000000000a"}],"next_cursor":null}`, ""},
		{"GET /api/v1/products", 200, reading, `{"items":[],"next_cursor":null,"page":1}`, "page"},
		{"GET /api/v1/products", 200, reading, "<html>", "invalid character"},
		{"GET /api/v1/products", 200, reading + "\nAge: soon", list, "Age"},
		{"GET /api/v1/products", 200, strings.TrimPrefix(reading, "ETag: \"1\"\n"), list, "ETag is missing"},
		{"GET /api/v1/products", 200, strings.Replace(reading, `"1"`, `W/"1"`, 1), list, "ETag"},
		{"GET /api/v1/products", 200, strings.Replace(reading, "json", "xml", 1), list, "not described"},
		{"GET /api/v1/products", 201, reading, list, "not listed"},
		{"GET /api/v1/products", 304, "ETag: \"1\"", list, "none is described"},
		{"GET /api/v1/products/x", 404, failed, missing, ""},
		{"GET /api/v1/products/x", 404, failed, `{"error":"no"}`, "missing properties"},
		{"GET /api/v1/products/x", 503, failed, missing, "Retry-After is missing"},
		{"GET /nowhere", 404, failed, `{}`, "missing properties"},
		{"GET /nowhere", 404, "Content-Type: text/plain", "404 page not found", "not described"},
		{"GET /nowhere", 200, reading, list, "not listed"},
		{"PATCH /api/v1/products", 405, failed, missing, "Allow is missing"},
		{"PATCH /api/v1/products", 405, failed + "\nAllow: GET, HEAD, POST", missing, ""},
		{"GET /api/v1/products%3Aexport", 200, "Content-Type: application/x-ndjson", "", ""},
		{"GET /api/v1/products:export", 200, "Content-Type: application/x-ndjson", "{}\n", "missing properties"},
		{"GET /api/v1/imports/x/errors", 200, "Content-Type: application/x-ndjson", `{"line":1,"sku":null,"errors":[{"pointer":"/sku","detail":"is empty"}]}` + "\n{", "EOF"},
	} {
		method, target, _ := strings.Cut(c.request, " ")
		response := &http.Response{StatusCode: c.status, Header: http.Header{}}
		for line := range strings.SplitSeq(c.header, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			response.Header.Set(name, value)
		}
		err := openAPIDocument().check(httptest.NewRequest(method, target, nil), response, []byte(c.body))
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %d %s: %v, want %q", c.request, c.status, c.body, err, c.wrong)
		}
	}
}
