package rest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// trace is what no answer may hold of a program's insides.
var trace = regexp.MustCompile(`goroutine \d|runtime error|\.go:\d`)

// FuzzI7_Request holds every answer to what all answers have in common,
// whatever the request: no 500, no trace, and each error a problem document.
func FuzzI7_Request(f *testing.F) {
	const product, category = "/api/v1/products/019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04", "/api/v1/categories/kitchen%2Fkettles"
	for _, seed := range []struct{ method, target, name, value, body string }{
		{"GET", "/health", "X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678;Sampled=1", ""},
		{"GET", "/api/v1/products?limit=1&sort=-price&fields=id,sku&q=kettle&attr.colour=red,blue&price_gte=1&facets=brand&total=exact", "Accept-Encoding", "zstd;q=0.5, gzip", ""},
		{"POST", "/api/v1/products", "Idempotency-Key", `"k"`, `{"sku":"A","name":"x","price":{"amount":"1.50","currency":"AUD"},"attributes":{"a":"b"},"images":[]}`},
		{"GET", product, "If-None-Match", `"1", W/"2"`, ""},
		{"PUT", product, "If-Match", "*", `{"sku":"A","name":"x"}`},
		{"PATCH", product, "If-Match", `"1"`, `{"name":null,"attributes":{"a":null}}`},
		{"DELETE", product, "If-Match", "*", ""},
		{"POST", "/api/v1/products:batch-get", "Content-Type", "application/json", `{"ids":["019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04"]}`},
		{"GET", "/api/v1/products:export?format=csv", "Accept-Encoding", "gzip", ""},
		{"PUT", category, "Content-Type", "application/json", `{"name":"Kettles","parent_id":null}`},
		{"POST", "/api/v1/imports?map.sku=UPC&category_separator=/&dry_run=true", "Content-Type", "text/csv; header=present", "UPC,name\nA,b\n"},
		{"GET", "/api/v1/imports/019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04/errors", "Range", "bytes=0-", ""},
		{"BREW", "/api/docs//..?%", "Authorization", "Bearer", "\x00"},
	} {
		f.Add(seed.method, seed.target, seed.name, seed.value, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, method, target, name, value string, body []byte) {
		request, err := http.NewRequest(method, "http://catalog.test", bytes.NewReader(body))
		if err != nil || !strings.HasPrefix(target, "/") {
			return // net/http lets no such request through
		}
		parsed, err := request.URL.Parse(target)
		if err != nil || parsed.Host != "catalog.test" {
			return
		}
		request.URL, request.RequestURI = parsed, target
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Add(name, value)
		recorder := httptest.NewRecorder()
		newServer(t, &memoryStore{}, io.Discard).ServeHTTP(recorder, request)
		answer := recorder.Body.Bytes()
		if recorder.Code >= 500 || trace.Match(answer) || recorder.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Fatalf("%s %s is answered %d %v %s", method, target, recorder.Code, recorder.Header(), answer)
		}
		if recorder.Code >= 400 && method != http.MethodHead {
			var p problemDocument
			if err := json.Unmarshal(answer, &p); err != nil || p.Status != recorder.Code || p.Code == "" || recorder.Header().Get("Content-Type") != "application/problem+json" {
				t.Fatalf("%s %s is answered %d %v %s", method, target, recorder.Code, recorder.Header(), answer)
			}
		}
	})
}
