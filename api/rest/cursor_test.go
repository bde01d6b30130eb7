package rest_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"catalog/api/catalog"
)

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

func TestCursorIsBoundToItsFiltersAndItsOrder(t *testing.T) {
	t.Parallel()
	f := filled(t)
	given := []string{
		"", "&category=kitchen", "&sort=name", "&sort=-price", "&q=x", "&q=x&sort=name", "&q=xy", "&price_gte=0", "&price_lte=0", "&attr.a=1", "&attr.a=1,2", "&attr.a=1&attr.b=2", "&attr.b=1", "&brand=x", "&in_stock=false", "&in_stock=true",
	}
	cursors := map[string]string{}
	for _, filter := range given {
		cursors[filter] = "/api/v1/products?limit=5" + filter + "&cursor="
	}
	for _, filter := range given {
		cursor := cursorOf(t, f, filter)
		for other, list := range cursors {
			if a := f.get(list + cursor); other != filter {
				wantProblem(t, a, http.StatusBadRequest, "bad_cursor")
			} else if a.StatusCode != http.StatusOK {
				t.Errorf("%q with its own cursor: %s %s", filter, a.Status, a.body)
			}
		}
	}
	// How much of it is shown is no filter, nor is what is empty, nor the
	// order of alternatives.
	all, red := cursorOf(t, f, ""), cursorOf(t, f, "&attr.a=2,1")
	for _, same := range []string{"limit=5&category=&q=+&cursor=" + all, "fields=sku&facets=brand&total=exact&cursor=" + all, "attr.a=1,2,2&cursor=" + red} {
		if a := f.get("/api/v1/products?" + same); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", same, a.Status, a.body)
		}
	}
}

// TestCursorHoldsThePosition: the key of the list's order and the id.
func TestCursorHoldsThePosition(t *testing.T) {
	t.Parallel()
	f := filled(t)
	f.get("/api/v1/products?sort=name&cursor=" + cursorOf(t, f, "&sort=name"))
	asked, _ := f.store.lastAsked()
	if want := (catalog.Position{Key: "key of name", ID: f.store.products[0].ID}); asked.After == nil || *asked.After != want {
		t.Errorf("the page begins behind %+v, want %+v", asked.After, want)
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
