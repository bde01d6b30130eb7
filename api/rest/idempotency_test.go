package rest_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"catalog/api/catalog"
)

func TestRepeatOfACreationAnswersTheSame(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	d := &direct{t, newServer(t, store, io.Discard)}
	const body, key = `{"sku":"A-1","name":"Kettle"}`, "6f1c1d2e-0f0b-4a55-9f6b-0a4d3b1c9e77"
	first := d.want(201, "", "POST", "/api/v1/products", body, "Idempotency-Key", key)
	if first.Header["Idempotency-Replayed"] != nil {
		t.Errorf("the first one is marked as a repeat: %v", first.Header)
	}
	// What happened to the product since then is not what was answered.
	d.want(200, "", "PATCH", first.Header.Get("Location"), `{"stock":9}`, "If-Match", "*")
	for range 2 {
		again := d.want(201, string(first.body), "POST", "/api/v1/products", body, "Idempotency-Key", key)
		if string(again.body) != string(first.body) || again.Header.Get("Idempotency-Replayed") != "true" ||
			again.Header.Get("Location") != first.Header.Get("Location") || again.Header.Get("ETag") != `"1"` {
			t.Errorf("repeated: %v %s\nwant %v %s", again.Header, again.body, first.Header, first.body)
		}
	}
	if got := skus(store.products); got != "A-1" {
		t.Errorf("there are the products %s", got)
	}
	// Without a key, or with another one, it is another request.
	d.want(409, "duplicate_sku", "POST", "/api/v1/products", body)
	d.want(409, "duplicate_sku", "POST", "/api/v1/products", body, "Idempotency-Key", strings.ToUpper(key))
}

func TestKeyOfAnotherRequestIs422(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	d.want(201, "", "POST", "/api/v1/products", `{"sku":"A-1","name":"Kettle"}`, "Idempotency-Key", "k")
	for _, other := range []string{`{"sku":"A-2","name":"Kettle"}`, `{"sku":"A-1","name":"Kettle"} `, `{"name":"Kettle","sku":"A-1"}`} {
		a := d.ask("POST", "/api/v1/products", other, "Idempotency-Key", "k")
		wantProblem(t, a, http.StatusUnprocessableEntity, "idempotency_key_reused")
	}
}

func TestKeyIsVisibleASCII(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	d := &direct{t, newServer(t, store, io.Discard)}
	const body = `{"sku":"A-1","name":"Kettle"}`
	for _, key := range []string{"", " ", "a b", "ключ", "a\tb", "a\x7f", "a\x00", strings.Repeat("k", 256)} {
		wantProblem(t, d.ask("POST", "/api/v1/products", body, "Idempotency-Key", key), http.StatusBadRequest, "bad_header")
	}
	wantProblem(t, d.ask("POST", "/api/v1/products", body, "Idempotency-Key", "a", "Idempotency-Key", "a"), http.StatusBadRequest, "bad_header")
	if n := store.count("CreateProduct"); n != 0 {
		t.Errorf("the store was asked %d times", n)
	}
	for i, key := range []string{"!", "~", "a,b", `"quoted"`, strings.Repeat("k", 255)} {
		body := `{"sku":"` + string(rune('B'+i)) + `","name":"Kettle"}`
		d.want(201, "", "POST", "/api/v1/products", body, "Idempotency-Key", key)
		d.want(201, "", "POST", "/api/v1/products", body, "Idempotency-Key", key)
	}
}

func TestKeyInFlightIs409WithRetryAfter(t *testing.T) {
	t.Parallel()
	store := &memoryStore{before: func(context.Context, string) error { return catalog.ErrKeyInFlight }}
	d := &direct{t, newServer(t, store, io.Discard)}
	a := d.ask("POST", "/api/v1/products", `{"sku":"A-1","name":"Kettle"}`, "Idempotency-Key", "k")
	wantProblem(t, a, http.StatusConflict, "idempotency_key_in_flight")
	if a.Header.Get("Retry-After") != "1" {
		t.Errorf("the header is %v", a.Header)
	}
}

// TestRepeatsAtTheSameTime: all get the one product.
func TestRepeatsAtTheSameTime(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	d := &direct{t, newServer(t, store, io.Discard)}
	bodies := make([]string, 10)
	var done sync.WaitGroup
	for i := range bodies {
		done.Go(func() {
			bodies[i] = string(d.want(201, "", "POST", "/api/v1/products", large, "Idempotency-Key", "k").body)
		})
	}
	done.Wait()
	for _, body := range bodies {
		if body != bodies[0] {
			t.Errorf("one got %s, another %s", bodies[0], body)
		}
	}
	if got := skus(store.products); got != "L-1" {
		t.Errorf("there are the products %s", got)
	}
}

// FuzzIdempotencyKey: a key is taken and makes a repeat safe, or is refused
// before anything is done.
func FuzzIdempotencyKey(f *testing.F) {
	for _, seed := range []string{"6f1c1d2e-0f0b-4a55-9f6b-0a4d3b1c9e77", "", " ", "a b", "\x00", "\x7f", "\xff", "ключ", strings.Repeat("k", 255), strings.Repeat("k", 256)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		store := &memoryStore{}
		d := &direct{t, newServer(t, store, io.Discard)}
		const body = `{"sku":"A-1","name":"Kettle"}`
		valid := len(key) >= 1 && len(key) <= 255 && !strings.ContainsFunc(key, func(r rune) bool { return r < '!' || r > '~' })
		first := d.ask("POST", "/api/v1/products", body, "Idempotency-Key", key)
		again := d.ask("POST", "/api/v1/products", body, "Idempotency-Key", key)
		switch {
		case !valid && (first.StatusCode != 400 || again.StatusCode != 400 || len(store.products) != 0):
			t.Errorf("%q: %d %d with %d products", key, first.StatusCode, again.StatusCode, len(store.products))
		case valid && (first.StatusCode != 201 || again.StatusCode != 201 || string(first.body) != string(again.body)):
			t.Errorf("%q: %d %s and %d %s", key, first.StatusCode, first.body, again.StatusCode, again.body)
		}
	})
}
