package rest_test

import (
	"strings"
	"testing"

	"catalog/api/catalog"
)

// restock changes a product behind the server's back, as another task does.
func (m *memoryStore) restock(path string, stock int) (id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id = strings.TrimPrefix(path, "/api/v1/products/")
	for i := range m.products {
		if m.products[i].ID.String() == id {
			m.products[i].Stock = stock
			m.products[i].Version++
		}
	}
	return id
}

func TestChangeOfAnotherTaskIsSeenWhenItIsToldOf(t *testing.T) {
	t.Parallel()
	d, store, product, paths := kitchenware(t)
	other := d.create(`{"sku":"A-2","name":"Pot"}`)
	for _, path := range append(paths, other) {
		d.get(path)
	}
	id := store.restock(product, 5)
	d.want(200, `"stock":0`, "GET", product, "") // nobody has told of it
	d.server.Changed(catalog.Change{IDs: []string{id, "0190b3c2-f0a0-7000-8000-00000000000a"}, Aspects: catalog.AllAspects})
	before := store.askedFor()
	d.want(200, "A-2", "GET", other, "") // which has not changed
	if store.askedFor() != before {
		t.Error("a product that did not change is asked for again")
	}
	d.want(200, `"stock":5`, "GET", product, "")
	d.want(200, `"stock":5`, "GET", "/api/v1/products", "")
	for _, path := range append(paths, other) {
		wantKept(t, d, store, path)
	}
}

// TestChangeOfEverythingLeavesNothing kept, nor does one of no product leave a
// list: a category has changed.
func TestChangeOfEverythingLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{true, false} {
		d, store, product, paths := kitchenware(t)
		for _, path := range paths {
			d.get(path)
		}
		store.restock(product, 5)
		d.server.Changed(catalog.Change{All: all, Aspects: catalog.AllAspects})
		before := store.askedFor()
		for _, path := range paths {
			d.get(path)
		}
		want := len(paths)
		if !all {
			want-- // the product
		}
		if n := store.askedFor() - before; n != want {
			t.Errorf("all %t: the store is asked %d times, want %d", all, n, want)
		}
		if all {
			d.want(200, `"stock":5`, "GET", product, "")
		}
	}
}

// TestWhileChangesAreNotHeardOfEachReadAsksTheStore, and what was kept until
// then is loaded anew afterwards.
func TestWhileChangesAreNotHeardOfEachReadAsksTheStore(t *testing.T) {
	t.Parallel()
	d, store, product, paths := kitchenware(t)
	for _, path := range paths {
		d.get(path)
	}
	for range 2 { // an end may be told of again and again
		d.server.Watching(false)
		for range 3 {
			for _, path := range paths {
				before := store.askedFor()
				if a := d.get(path); store.askedFor() != before+1 || a.Header["Age"] != nil {
					t.Errorf("%s was answered from memory: %v", path, a.Header)
				}
			}
			d.want(200, "A-1", "POST", "/api/v1/products:batch-get", batch(store.restock(product, 1)))
		}
	}
	if n := store.count("ProductsByID"); n != 6 {
		t.Errorf("batches ask the store %d times", n)
	}
	store.restock(product, 6) // which nobody tells of
	d.server.Watching(true)
	d.want(200, `"stock":6`, "GET", product, "")
	d.want(200, `"stock":6`, "GET", "/api/v1/products", "")
	for _, path := range paths {
		wantKept(t, d, store, path)
	}
	// Another connection may have missed what happened before it.
	store.restock(product, 7)
	d.server.Watching(true)
	d.want(200, `"stock":7`, "GET", product, "")
	d.want(200, `"stock":7`, "GET", "/api/v1/products", "")
}

// TestServerKeepsNothingBeforeItHearsOfChanges.
func TestServerKeepsNothingBeforeItHearsOfChanges(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	d := keeping(t, store, 1<<20)
	path := d.create(`{"sku":"A-1","name":"Kettle"}`)
	fresh := keeping(t, store, 1<<20)
	fresh.server.Watching(false)
	for stock := range 3 {
		store.restock(path, stock)
		fresh.want(200, `"version":`+string(rune('2'+stock)), "GET", path, "")
	}
}
