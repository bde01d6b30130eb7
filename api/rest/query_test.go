package rest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
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

func TestCursorWalksToTheEnd(t *testing.T) {
	t.Parallel()
	f := filled(t)
	for filter, want := range map[string]string{"": "0123456", "&category=kitchen": "0246"} {
		got, cursor := "", ""
		for range 10 {
			p := decode[page](t, f.get("/api/v1/products?limit=2"+filter+"&cursor="+cursor))
			for _, item := range p.Items {
				got += item.SKU
			}
			if p.NextCursor == nil {
				break
			}
			cursor = *p.NextCursor
		}
		if got != want {
			t.Errorf("%q walks over %s, want %s", filter, got, want)
		}
	}
}

// cursorOf is the cursor behind a listing's first page.
func cursorOf(t *testing.T, f *fixture, filter string) string {
	t.Helper()
	p := decode[page](t, f.get("/api/v1/products?limit=1"+filter))
	if p.NextCursor == nil {
		t.Fatalf("%q has one page", filter)
	}
	return *p.NextCursor
}

func TestCursorIsBoundToItsFilters(t *testing.T) {
	t.Parallel()
	f := filled(t)
	all, kitchen := cursorOf(t, f, ""), cursorOf(t, f, "&category=kitchen")
	wantProblem(t, f.get("/api/v1/products?category=kitchen&cursor="+all), http.StatusBadRequest, "bad_cursor")
	wantProblem(t, f.get("/api/v1/products?cursor="+kitchen), http.StatusBadRequest, "bad_cursor")
	wantProblem(t, f.get("/api/v1/products?category=garden&cursor="+kitchen), http.StatusBadRequest, "bad_cursor")
	// The page's size is no filter, and neither is an empty category.
	if a := f.get("/api/v1/products?limit=5&category=&cursor=" + all); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestCursorThatIsForgedIsRefused(t *testing.T) {
	t.Parallel()
	f := filled(t)
	good := cursorOf(t, f, "")
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	bad := []string{"garbage", good[:len(good)-1], good + "A", good + "=", " " + good, strings.ToUpper(good), strings.Repeat("A", len(good)), good + good}
	for i := range raw { // position and tag, each byte
		forged := slices.Clone(raw)
		forged[i] ^= 1
		bad = append(bad, base64.RawURLEncoding.EncodeToString(forged))
	}
	other := serve(t, "another-token")
	other.store.products = f.store.products
	bad = append(bad, cursorOf(t, other, ""))
	for _, cursor := range bad {
		wantProblem(t, f.get("/api/v1/products?cursor="+url.QueryEscape(cursor)), http.StatusBadRequest, "bad_cursor")
	}
}

// TestCursorOutlivesARotation: a client in the middle of a listing does not
// notice that a token is replaced.
func TestCursorOutlivesARotation(t *testing.T) {
	t.Parallel()
	before := filled(t)
	cursor := cursorOf(t, before, "")
	during, after := serve(t, "new-token", token), serve(t, "new-token")
	during.store.products, after.store.products = before.store.products, before.store.products
	a := during.get("/api/v1/products?cursor=" + cursor)
	if a.StatusCode != http.StatusOK || decode[page](t, a).Items[0].SKU != "1" {
		t.Errorf("while both are valid: %s %s", a.Status, a.body)
	}
	if a := after.get("/api/v1/products?cursor=" + cursorOf(t, during, "")); a.StatusCode != http.StatusOK {
		t.Errorf("the first token must sign: %s %s", a.Status, a.body)
	}
	wantProblem(t, after.get("/api/v1/products?cursor="+cursor), http.StatusBadRequest, "bad_cursor")
}

// FuzzCursor: what we did not sign is refused, whatever it is.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"garbage", "=", "%", "\x00", strings.Repeat("A", 43), strings.Repeat("_", 43), strings.Repeat("A", 44)} {
		f.Add(seed)
	}
	server := newServer(f, &memoryStore{}, bytes.NewBuffer(nil))
	f.Fuzz(func(t *testing.T, cursor string) {
		want := http.StatusBadRequest
		if cursor == "" {
			want = http.StatusOK
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/products?cursor="+url.QueryEscape(cursor), nil))
		if w.Code != want && w.Code != http.StatusRequestURITooLong {
			t.Errorf("%q: %d %s", cursor, w.Code, w.Body)
		}
	})
}

// FuzzQuery: any query string is a listing or a 400.
func FuzzQuery(f *testing.F) {
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
