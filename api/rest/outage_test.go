package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"catalog/api/catalog"
)

// goAway lets a store fail as when its database is away, until back is called.
func (m *memoryStore) goAway() (back func()) {
	m.before = func(context.Context, string) error { return fmt.Errorf("%w: %s", catalog.ErrUnavailable, cause) }
	return func() { m.before = nil }
}

// wantAge asks for what was kept, so many seconds ago.
func wantAge(t *testing.T, d *direct, path string, age int) answer {
	t.Helper()
	a := d.want(200, "", "GET", path, "")
	if got := a.Header.Get("Age"); got != fmt.Sprint(age) {
		t.Errorf("%s has Age %q, want %d", path, got, age)
	}
	return a
}

func TestOutageIsBridgedFromMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, store, product, paths := kitchenware(t)
		unread := d.create(`{"sku":"A-2","name":"Pot"}`)
		kept := map[string]answer{}
		for _, path := range paths {
			kept[path] = d.get(path)
		}
		back := store.goAway()
		d.server.Watching(false)
		time.Sleep(42*time.Second + 700*time.Millisecond)
		for _, path := range paths {
			a := wantAge(t, d, path, 42)
			if a.Header.Get("ETag") != kept[path].Header.Get("ETag") || string(a.body) != string(kept[path].body) || a.Header.Get("Cache-Control") != kept[path].Header.Get("Cache-Control") {
				t.Errorf("%s: %v %s\nwant %v %s", path, a.Header, a.body, kept[path].Header, kept[path].body)
			}
			a = d.want(304, "", "GET", path, "", "If-None-Match", kept[path].Header.Get("ETag"))
			if a.Header.Get("Age") != "42" {
				t.Errorf("%s unchanged: %v", path, a.Header)
			}
		}
		id, other := strings.TrimPrefix(product, "/api/v1/products/"), strings.TrimPrefix(unread, "/api/v1/products/")
		a := d.want(200, `"A-1"`, "POST", "/api/v1/products:batch-get", batch(id, id))
		if a.Header.Get("Age") != "42" {
			t.Errorf("a batch of what was kept: %v", a.Header)
		}
		wantProblem(t, d.ask("POST", "/api/v1/products:batch-get", batch(id, other)), http.StatusServiceUnavailable, "unavailable")
		for _, path := range []string{unread, "/api/v1/products?limit=3", "/api/v1/categories/other"} {
			a := d.get(path)
			wantProblem(t, a, http.StatusServiceUnavailable, "unavailable")
			if a.Header.Get("Retry-After") != "1" || a.Header["Age"] != nil {
				t.Errorf("%s: %v", path, a.Header)
			}
		}
		wantProblem(t, d.ask("PATCH", product, `{"stock":1}`, "If-Match", "*"), http.StatusServiceUnavailable, "unavailable")
		wantAge(t, d, product, 42) // a write that failed has changed nothing

		back()
		for _, path := range paths {
			if a := d.want(200, "", "GET", path, ""); a.Header["Age"] != nil {
				t.Errorf("%s is answered from memory after the outage: %v", path, a.Header)
			}
		}
		d.server.Watching(true)
		d.want(200, "A-2", "GET", unread, "")
	})
}

// TestOutageThatNobodyToldOfIsBridgedToo: the database fails before the
// connection that listens does, and what is kept holds until then.
func TestOutageThatNobodyToldOfIsBridgedToo(t *testing.T) {
	t.Parallel()
	d, store, product, paths := kitchenware(t)
	for _, path := range paths {
		d.get(path)
	}
	store.goAway()
	for _, path := range paths {
		if a := d.want(200, "", "GET", path, ""); a.Header["Age"] != nil {
			t.Errorf("%s: %v", path, a.Header)
		}
	}
	// A change of another product: lists do not hold, and are all there is.
	d.server.Changed(catalog.Change{IDs: []string{"0190b3c2-f0a0-7000-8000-00000000000a"}, Aspects: catalog.AllAspects})
	wantAge(t, d, "/api/v1/products", 0)
	d.want(200, "", "GET", product, "")
	// The product itself has changed: what is known to be old is not answered.
	d.server.Changed(catalog.Change{IDs: []string{store.restock(product, 5)}, Aspects: catalog.AllAspects})
	wantProblem(t, d.get(product), http.StatusServiceUnavailable, "unavailable")
}

// TestOwnWriteIsNeverForgottenInAnOutage: a client that was told of its write
// must not read the state before.
func TestOwnWriteIsNeverForgottenInAnOutage(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(d *direct, product string){
		"POST":         func(d *direct, _ string) { d.create(`{"sku":"A-2","name":"Pot"}`) },
		"PUT":          func(d *direct, p string) { d.want(200, "", "PUT", p, `{"sku":"A-1","name":"Pot"}`, "If-Match", "*") },
		"PATCH":        func(d *direct, p string) { d.want(200, "", "PATCH", p, `{"stock":5}`, "If-Match", "*") },
		"DELETE":       func(d *direct, p string) { d.want(204, "", "DELETE", p, "", "If-Match", "*") },
		"PUT category": func(d *direct, _ string) { d.want(201, "", "PUT", "/api/v1/categories/x", `{"name":"X"}`) },
	} {
		d, store, product, paths := kitchenware(t)
		for _, path := range paths {
			d.get(path)
		}
		write(d, product)
		store.goAway()
		for _, watching := range []bool{true, false} {
			d.server.Watching(watching)
			for _, path := range paths {
				switch {
				case path == product && (name == "POST" || name == "PUT category"):
					d.want(200, "A-1", "GET", path, "") // which was not written
				case name == "PATCH" && strings.HasPrefix(path, "/api/v1/categories"):
					d.want(200, "Kitchen", "GET", path, "") // which have no stock
				default:
					wantProblem(t, d.get(path), http.StatusServiceUnavailable, "unavailable")
				}
			}
		}
	}
	// What was read after the write is good enough.
	d, store, product, paths := kitchenware(t)
	d.want(200, "", "PATCH", product, `{"stock":5}`, "If-Match", "*")
	for _, path := range paths {
		d.get(path)
	}
	d.server.Changed(catalog.Change{Aspects: catalog.AllAspects}) // another task's
	store.goAway()
	wantAge(t, d, "/api/v1/products", 0)
	d.want(200, `"stock":5`, "GET", product, "")
}

// TestWhatWasSeenToBeGoneStaysGone, even when nobody tells of it and the
// database goes away.
func TestWhatWasSeenToBeGoneStaysGone(t *testing.T) {
	t.Parallel()
	d, store, product, _ := kitchenware(t)
	d.get(product)
	d.server.Watching(false)
	products := store.products
	store.products = nil
	d.want(404, "", "GET", product, "")
	store.goAway()
	wantProblem(t, d.get(product), http.StatusServiceUnavailable, "unavailable")
	if len(products) != 1 {
		t.Errorf("there were %d products", len(products))
	}
}

// TestFailureThatIsNoOutageIsNotHidden: it would stay unseen.
func TestFailureThatIsNoOutageIsNotHidden(t *testing.T) {
	t.Parallel()
	d, store, product, _ := kitchenware(t)
	d.get(product)
	d.server.Watching(false)
	store.before = failures[1].before
	wantProblem(t, d.get(product), http.StatusInternalServerError, "internal")
}
