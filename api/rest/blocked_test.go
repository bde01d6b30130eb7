package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestNothingHangsWhileTheStoreDoes: reads and writes alike are answered when
// their deadline is over, however many they are.
func TestNothingHangsWhileTheStoreDoes(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]string{
		"one product": "GET " + missingID, "a list": "GET /api/v1/products", "a list with counts": "GET /api/v1/products?facets=brand&total=exact",
		"products": "GET /api/v1/products/0190b3c2-f0a0-7000-8000-0000000000#", "lists": "GET /api/v1/products?brand=#", "categories": "GET /api/v1/categories",
		"a category": "GET /api/v1/categories/#", "batches": "POST /api/v1/products:batch-get", "creations": "POST /api/v1/products",
		"replacements": "PUT " + missingID, "changes": "PATCH " + missingID, "deletions": "DELETE " + missingID, "new categories": "PUT /api/v1/categories/#",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &direct{t, newServer(t, &memoryStore{before: waits}, io.Discard)}
				start := time.Now()
				var done sync.WaitGroup
				for i := range 25 {
					r := blockedRequest(target, i)
					done.Go(func() {
						a := d.serve(r)
						if took := time.Since(start); took != 5*time.Second || a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") != "1" {
							t.Errorf("after %s: %d %v %s", took, a.StatusCode, a.Header, a.body)
						}
					})
				}
				done.Wait()
			})
		})
	}
}

// blockedRequest is the i-th of those that ask for the same, or for their own.
func blockedRequest(target string, i int) *http.Request {
	method, path, _ := strings.Cut(strings.ReplaceAll(target, "#", fmt.Sprintf("%02d", i)), " ")
	body := map[string]string{"POST": `{"sku":"A-1","name":"Kettle"}`, "PUT": `{"sku":"A-1","name":"Kettle"}`, "PATCH": `{"stock":1}`}[method]
	switch {
	case path == "/api/v1/products:batch-get":
		body = batch("0190b3c2-f0a0-7000-8000-00000000000a")
	case method == "PUT" && path != missingID:
		body = `{"name":"Kitchen"}`
	}
	return request(method, path, body, "If-Match", "*")
}

// TestReadDoesNotWaitLongForWhatMemoryHas: half a second while nothing is
// heard of the database, so that a page of several reads is there in time.
func TestReadDoesNotWaitLongForWhatMemoryHas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, store, product, paths := kitchenware(t)
		for _, path := range paths {
			d.get(path)
		}
		store.before = waits
		d.server.Watching(false)
		start := time.Now()
		for i, path := range paths {
			wantAge(t, d, path, (i+1)/2)
			if took := time.Since(start); took != time.Duration(i+1)*500*time.Millisecond {
				t.Errorf("%s is answered after %s", path, took)
			}
		}
		start = time.Now()
		d.want(200, "A-1", "POST", "/api/v1/products:batch-get", batch(strings.TrimPrefix(product, "/api/v1/products/")))
		if took := time.Since(start); took != 500*time.Millisecond {
			t.Errorf("a batch is answered after %s", took)
		}
		// A slow database is asked all the same, and its answer is the one.
		store.before = func(context.Context, string) error { time.Sleep(400 * time.Millisecond); return nil }
		if a := d.get(paths[0]); a.Header["Age"] != nil {
			t.Errorf("%v", a.Header)
		}
	})
}
