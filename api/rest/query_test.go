package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"catalog/api/catalog"
)

// unreached fails the test when the store is asked at all.
func unreached(t *testing.T) func(context.Context, string) error {
	return func(_ context.Context, call string) error {
		t.Errorf("%s reached the store", call)
		return nil
	}
}

func TestParametersAreReadStrictly(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	for _, c := range []struct{ path, name string }{
		{"/api/v1/products?colour=red", "colour"},
		{"/api/v1/products?Limit=1", "Limit"},
		{"/api/v1/products?limit=1&limit=1", "limit"},
		{"/api/v1/products?category=a&category=b", "category"},
		{"/api/v1/products?cursor=&cursor=", "cursor"},
		{"/api/v1/products/x?fields=name", "fields"},
		{"/api/v1/categories?limit=1", "limit"},
		{"/api/v1/categories/x?depth=1", "depth"},
	} {
		p := wantProblem(t, f.get(c.path), http.StatusBadRequest, "bad_parameter", "?"+c.name)
		if !strings.Contains(p.Detail, `"`+c.name+`"`) {
			t.Errorf("%s: %q does not name the parameter", c.path, p.Detail)
		}
	}
	wantProblem(t, f.write("POST", "/api/v1/products?dry_run=1", kettle), http.StatusBadRequest, "bad_parameter", "?dry_run")
	wantProblem(t, f.write("PUT", "/api/v1/categories/x?force=1", `{"name":"X"}`), http.StatusBadRequest, "bad_parameter", "?force")
	for _, broken := range []string{"?limit=%zz", "?a;b", "?%"} {
		wantProblem(t, f.get("/api/v1/products"+broken), http.StatusBadRequest, "bad_parameter")
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for i := range 101 {
		f.create(fmt.Sprintf(`{"sku":"%d","name":"P"}`, i))
	}
	for query, want := range map[string]int{"": 20, "?limit=1": 1, "?limit=100": 100} {
		if items := decode[page](t, f.get("/api/v1/products"+query)).Items; len(items) != want {
			t.Errorf("%q lists %d, want %d", query, len(items), want)
		}
	}
	for _, limit := range []string{"0", "-1", "101", "", "ten", "1.5", "1e1", "0x10", "%2B", "99999999999999999999", "10%20"} {
		p := wantProblem(t, f.get("/api/v1/products?limit="+limit), http.StatusBadRequest, "bad_parameter", "?limit")
		if !strings.Contains(p.Detail, "from 1 to 100") {
			t.Errorf("limit=%s: %q does not say what is allowed", limit, p.Detail)
		}
	}
}

type page struct {
	Items      []catalog.Product
	NextCursor *string `json:"next_cursor"`
}

// filled serves seven products, every other one in the kitchen.
func filled(t *testing.T, tokens ...string) *fixture {
	t.Helper()
	f := serve(t, tokens...)
	f.write("PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen"}`)
	for i := range 7 {
		f.create(fmt.Sprintf(`{"sku":"%d","name":"P","category":%q}`, i, []string{"kitchen", ""}[i%2]))
	}
	return f
}

// FuzzListQuery: any query string is a listing or a 400.
func FuzzListQuery(f *testing.F) {
	for _, seed := range []string{"", "limit=3", "limit=0", "category=%ff", "category=%00", "a;b", "%", "limit=1&limit=2", "cursor=x", "&&=", "q=%d1%8f"} {
		f.Add(seed)
	}
	server := newServer(f, &memoryStore{}, bytes.NewBuffer(nil))
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/api/v1/products", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest && w.Code != http.StatusRequestURITooLong {
			t.Errorf("%q: %d %s", query, w.Code, w.Body)
		}
	})
}
