package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"catalog/api/catalog"
)

// askedFor is how often the store was asked for anything.
func (m *memoryStore) askedFor() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.calls)
}

// kitchenware is a server that keeps answers, with a product in a category,
// and what can be read there.
func kitchenware(t *testing.T) (d *direct, store *memoryStore, product string, paths []string) {
	t.Helper()
	store = &memoryStore{}
	d = keeping(t, store, 1<<20)
	d.want(201, "", "PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen"}`)
	product = d.create(`{"sku":"A-1","name":"Kettle","category":"kitchen"}`)
	return d, store, product, []string{product, "/api/v1/products", "/api/v1/categories", "/api/v1/categories/kitchen"}
}

// wantKept asks again and again, and not the store.
func wantKept(t *testing.T, d *direct, store *memoryStore, path string) {
	t.Helper()
	first, before := d.get(path), store.askedFor()
	for range 3 {
		a := d.get(path)
		if string(a.body) != string(first.body) || a.Header.Get("ETag") != first.Header.Get("ETag") || a.Header["Age"] != nil {
			t.Errorf("%s: kept is %v %s, first was %v %s", path, a.Header, a.body, first.Header, first.body)
		}
	}
	if n := store.askedFor() - before; n != 0 {
		t.Errorf("%s asks the store %d times more", path, n)
	}
}

func TestSecondReadDoesNotAskTheStore(t *testing.T) {
	t.Parallel()
	d, store, _, paths := kitchenware(t)
	for _, path := range paths {
		wantKept(t, d, store, path)
	}
	for _, path := range paths {
		d.want(200, "", "HEAD", path, "")
		d.want(304, "", "GET", path, "", "If-None-Match", "*")
	}
	if n := store.askedFor(); n != 3+len(paths) { // a PUT reads the category that it answers
		t.Errorf("the store was asked %d times", n)
	}
}

// TestNothingIsKeptWithoutMemory for it.
func TestNothingIsKeptWithoutMemory(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	d := keeping(t, store, 0)
	path := d.create(`{"sku":"A-1","name":"Kettle"}`)
	for range 3 {
		d.want(200, "A-1", "GET", path, "")
		d.want(200, "A-1", "GET", "/api/v1/products", "")
	}
	d.server.Changed(catalog.Change{All: true, Aspects: catalog.AllAspects})
	if store.count("Product") != 3 || store.count("Products") != 3 {
		t.Errorf("the store was asked for %q", store.calls)
	}
}

// TestListsAreKeptApart: whatever changes the answer makes it another one.
func TestListsAreKeptApart(t *testing.T) {
	t.Parallel()
	store := &memoryStore{summary: catalog.Summary{Total: pointer[int64](1)}}
	d := keeping(t, store, 1<<20)
	d.create(`{"sku":"A-1","name":"Kettle"}`)
	d.create(`{"sku":"A-2","name":"Kettle"}`)
	cursor := *decode[page](t, d.get("/api/v1/products?limit=1")).NextCursor
	for i, query := range []string{
		"", "limit=2", "fields=sku", "fields=sku,name", "facets=brand", "facets=price", "total=exact", "total=estimate", "cursor=" + cursor, "sort=name", "q=x",
		"q=x&sort=name", "sku=x", "category=x", "brand=x", "brand=x%22%20%22", "attr.a=x", "attr.b=x", "attr.a=x,y", "attr.a=x&attr.b=y", "attr.a=x%22%20%22y",
		"price_gte=1", "price_lte=1", "in_stock=true", "in_stock=false",
	} {
		d.get("/api/v1/products?" + query)
		if n := store.count("Products"); n != i+2 {
			t.Fatalf("%s was answered as another list", query)
		}
	}
	before := store.count("Products")
	for _, query := range []string{"limit=2", "q=x", "attr.a=x&attr.b=y"} { // asked for above
		d.get("/api/v1/products?" + query)
	}
	if store.count("Products") != before {
		t.Error("what was asked for before is not answered from memory")
	}
}

// TestProductIsNotFoundByTheNameOfAList: what is kept of lists is no product.
func TestProductIsNotFoundByTheNameOfAList(t *testing.T) {
	t.Parallel()
	d, store, product, paths := kitchenware(t)
	for _, path := range paths {
		d.get(path)
	}
	id := strings.TrimPrefix(product, "/api/v1/products/")
	for _, name := range []string{"categories", "categories%2Fkitchen", "products", "x" + id} {
		d.want(404, "not_found", "GET", "/api/v1/products/"+name, "")
	}
	d.want(404, "not_found", "GET", "/api/v1/categories/"+id, "")
	before := store.count("Product")
	d.want(200, "A-1", "GET", "/api/v1/products/"+strings.ToUpper(id), "") // RFC 9562: read without regard to capitals
	if store.count("Product") != before {
		t.Error("an id in capitals is another one")
	}
}

// TestWhatIsNotThereIsNotKept: it may be created any time, and anybody can ask
// for any number of names.
func TestWhatIsNotThereIsNotKept(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	d := keeping(t, store, 1<<20)
	for range 3 {
		wantProblem(t, d.get(missingID), http.StatusNotFound, "not_found")
		wantProblem(t, d.get("/api/v1/categories/x"), http.StatusNotFound, "not_found")
	}
	if store.count("Product") != 3 || store.count("Categories") != 3 {
		t.Errorf("the store was asked for %q", store.calls)
	}
}

// TestOwnWriteIsSeenAtOnce by whatever reads it, all of which was kept before.
func TestOwnWriteIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	d, _, product, paths := kitchenware(t)
	ids := batch(strings.TrimPrefix(product, "/api/v1/products/"))
	see := func(status int, part string) {
		t.Helper()
		for _, path := range paths {
			d.get(path)
		}
		d.want(status, part, "GET", product, "")
		if status == 404 {
			part = `"items":[]`
		}
		d.want(200, part, "GET", "/api/v1/products", "")
		d.want(200, part, "POST", "/api/v1/products:batch-get", ids)
	}
	see(200, `"stock":0`)
	for stock := 1; stock < 20; stock++ {
		part := fmt.Sprintf(`"stock":%d,`, stock)
		if stock%2 == 0 {
			d.want(200, part, "PATCH", product, fmt.Sprintf(`{"stock":%d}`, stock), "If-Match", "*")
		} else {
			d.want(200, part, "PUT", product, fmt.Sprintf(`{"sku":"A-1","name":"Kettle","stock":%d}`, stock), "If-Match", "*")
		}
		see(200, part)
	}
	another := d.create(`{"sku":"A-2","name":"Pot"}`)
	d.want(200, `"A-2"`, "GET", "/api/v1/products", "")
	d.want(204, "", "DELETE", another, "", "If-Match", "*")
	d.want(204, "", "DELETE", product, "", "If-Match", "*")
	see(404, "")

	for i := range 5 {
		name := fmt.Sprintf(`"name":"Kitchen %d"`, i)
		d.want(200, name, "PUT", "/api/v1/categories/kitchen", `{`+name+`}`)
		d.want(200, name, "GET", "/api/v1/categories", "")
		d.want(200, name, "GET", "/api/v1/categories/kitchen", "")
	}
	d.want(204, "", "DELETE", "/api/v1/categories/kitchen", "")
	d.want(404, "", "GET", "/api/v1/categories/kitchen", "")
	d.want(200, `"items":[]`, "GET", "/api/v1/categories", "")
}
