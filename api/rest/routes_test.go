package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"catalog/api/catalog"
)

const kettle = `{"sku":"K-1","name":" Чайник ","category":"kitchen","price":{"amount":"19.9","currency":"AUD"},"attributes":{"colour":"red"},"stock":3}`

func TestProductIsCreatedListedAndRead(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.write("PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen"}`)
	created := f.write("POST", "/api/v1/products", kettle)
	p := decode[catalog.Product](t, created)
	if created.StatusCode != http.StatusCreated || p.Name != "Чайник" || p.Price.Amount != "19.90" || p.Version != 1 || p.Status != "active" {
		t.Errorf("created: %s %s", created.Status, created.body)
	}
	location := created.Header.Get("Location")
	if location != "/api/v1/products/"+p.ID.String() || created.Header.Get("ETag") != `"1"` {
		t.Errorf("the header is %v", created.Header)
	}
	got := f.get(location)
	if got.StatusCode != http.StatusOK || string(got.body) != string(created.body) || got.Header.Get("ETag") != `"1"` {
		t.Errorf("read: %s %s\nwant %s", got.Status, got.body, created.body)
	}
	listed := f.get("/api/v1/products")
	if want := `{"items":[` + strings.TrimSpace(string(created.body)) + `],"next_cursor":null}`; strings.TrimSpace(string(listed.body)) != want {
		t.Errorf("listed: %s\nwant %s", listed.body, want)
	}
}

// TestEmptyListsAreArrays: a client that iterates must not meet null.
func TestEmptyListsAreArrays(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for _, path := range []string{"/api/v1/products", "/api/v1/categories"} {
		if a := f.get(path); a.StatusCode != http.StatusOK || strings.TrimSpace(string(a.body)) != `{"items":[],"next_cursor":null}` {
			t.Errorf("%s: %s %s", path, a.Status, a.body)
		}
	}
}

func TestCategoryIsPutListedAndRead(t *testing.T) {
	t.Parallel()
	f := serve(t)
	root := f.write("PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen"}`)
	if root.StatusCode != http.StatusCreated || root.Header.Get("Location") != "/api/v1/categories/kitchen" {
		t.Errorf("created: %s %v %s", root.Status, root.Header, root.body)
	}
	// An id may hold what a path separates with.
	child := f.write("PUT", "/api/v1/categories/kitchen%2F%D1%87", `{"name":" Чайники ","parent_id":"kitchen"}`)
	location := child.Header.Get("Location")
	if child.StatusCode != http.StatusCreated || location != "/api/v1/categories/kitchen%2F%D1%87" {
		t.Errorf("created: %s %v %s", child.Status, child.Header, child.body)
	}
	c := decode[catalog.Category](t, f.get(location))
	if c.ID != "kitchen/ч" || c.Name != "Чайники" || len(c.Path) != 2 || c.Path[0] != "Kitchen" {
		t.Errorf("read: %+v", c)
	}
	changed := f.write("PUT", location, `{"name":"Kettles"}`)
	if changed.StatusCode != http.StatusOK || changed.Header.Get("Location") != "" || decode[catalog.Category](t, changed).ParentID != nil {
		t.Errorf("changed: %s %v %s", changed.Status, changed.Header, changed.body)
	}
	all := decode[struct{ Items []catalog.Category }](t, f.get("/api/v1/categories"))
	if len(all.Items) != 2 || all.Items[1].Name != "Kettles" {
		t.Errorf("listed: %+v", all)
	}
}

// TestL2_HeadAnswersLikeGet: with the same headers and no body.
func TestL2_HeadAnswersLikeGet(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.write("PUT", "/api/v1/categories/kitchen", `{"name":"Kitchen"}`)
	product := f.create(kettle)
	for _, path := range []string{
		"/health", "/api/v1/products", product, "/api/v1/categories", "/api/v1/categories/kitchen",
		"/api/v1/products/nothing", "/api/v1/products?limit=0", "/nowhere",
	} {
		get, head := f.get(path), f.ask("HEAD", path, "")
		if head.StatusCode != get.StatusCode || len(head.body) != 0 || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") ||
			head.Header.Get("ETag") != get.Header.Get("ETag") {
			t.Errorf("%s: HEAD %s %v %q, GET %s %v", path, head.Status, head.Header, head.body, get.Status, get.Header)
		}
	}
}

func TestOtherMethodsAre405WithAllow(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for path, allow := range map[string]string{
		"/health":                    "GET, HEAD",
		"/api/v1/products":           "GET, HEAD, POST",
		"/api/v1/products:batch-get": "POST",
		"/api/docs":                  "GET, HEAD",
		"/api/v1/openapi.json":       "GET, HEAD",
		"/api/v1/products/x":         "DELETE, GET, HEAD, PATCH, PUT",
		"/api/v1/categories":         "GET, HEAD",
		"/api/v1/categories/x":       "DELETE, GET, HEAD, PUT",
		"/api/v1/categories/x%2Fy":   "DELETE, GET, HEAD, PUT",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
			if slices.Contains(strings.Split(allow, ", "), method) {
				continue
			}
			a := f.ask(method, path, "")
			wantProblem(t, a, http.StatusMethodNotAllowed, "method_not_allowed")
			if a.Header.Get("Allow") != allow {
				t.Errorf("%s %s: Allow is %q, want %q", method, path, a.Header.Get("Allow"), allow)
			}
		}
	}
}

func TestL2_OtherPathsAre404(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for _, path := range []string{
		"/", "//", "///", "/api", "/api/", "/api/v1", "/api/v2/products", "/health/", "/healthz", "/Health",
		"/api/v1/products/", "/api/v1//products", "/api/v1/./products", "/api/v1/x/../products", "//health",
		"/api/v1/products/a/b", "/api/v1/categories/", "/favicon.ico", "/%2e%2e/health", "/health/..",
	} {
		wantProblem(t, f.get(path), http.StatusNotFound, "no_such_path")
	}
}

func TestItemsThatDoNotExistAre404(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.create(`{"sku":"A-1","name":"Kettle"}`)
	for _, path := range []string{
		"/api/v1/products/00000000-0000-0000-0000-000000000000", "/api/v1/products/1", "/api/v1/products/%00",
		"/api/v1/products/0190b3c2f0a07000800000000000000a", // an id has one spelling
		"/api/v1/products/urn:uuid:0190b3c2-f0a0-7000-8000-00000000000a",
		"/api/v1/categories/nowhere",
	} {
		wantProblem(t, f.get(path), http.StatusNotFound, "not_found")
	}
}

// TestCategoryThatIsNoText: PostgreSQL would refuse it, and no category can
// have such an id.
func TestCategoryThatIsNoText(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	wantProblem(t, f.get("/api/v1/categories/%ff"), http.StatusNotFound, "not_found")
	wantProblem(t, f.get("/api/v1/categories/a%00"), http.StatusNotFound, "not_found")
	wantProblem(t, f.get("/api/v1/products?category=%ff"), http.StatusBadRequest, "bad_parameter", "?category")
	wantProblem(t, f.get("/api/v1/products?category=a%00"), http.StatusBadRequest, "bad_parameter", "?category")
	wantProblem(t, f.write("PUT", "/api/v1/categories/%ff", `{"name":"K"}`), http.StatusUnprocessableEntity, "invalid", "/id")
}
