package rest_test

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"catalog/api/catalog"
)

func pointer[T any](v T) *T { return &v }

func TestListAnswersCountsAndWhatWasSearchedFor(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.corrected = "kettle & <co>"
	f.store.summary = catalog.Summary{Total: pointer[int64](42), Facets: map[string][]catalog.FacetValue{
		"brand": {{Value: "Bilby", Count: 2}},
		"price": {{GTE: pointer("0"), LT: pointer("10"), Count: 1}, {GTE: pointer("10000"), Count: 1}},
	}}
	a := f.get("/api/v1/products?q=ketle&brand=Bilby&facets=price,brand,price&total=exact")
	want := `{"items":[],"next_cursor":null,"facets":{"brand":[{"value":"Bilby","count":2}],` +
		`"price":[{"gte":"0","lt":"10","count":1},{"gte":"10000","lt":null,"count":1}]},"total":42,"corrected":"kettle \u0026 \u003cco\u003e"}` + "\n"
	if string(a.body) != want {
		t.Errorf("the answer is %s\nwant %s", a.body, want)
	}
	_, counted := f.store.lastAsked()
	asked := catalog.SummaryQuery{
		Filter: catalog.Filter{Text: "kettle & <co>", Brand: "Bilby"}, // what was found is counted
		Facets: []string{"brand", "price"}, Total: catalog.TotalExact,
	}
	if !reflect.DeepEqual(counted, asked) {
		t.Errorf("the store counts %+v, want %+v", counted, asked)
	}
}

// TestListCountsOnlyWhatIsAskedFor: counting costs a second query.
func TestListCountsOnlyWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.corrected = "kettle"
	for query, want := range map[string]string{
		"?q=ketle":            `{"items":[],"next_cursor":null,"corrected":"kettle"}`,
		"?q=ketle&total=none": `{"items":[],"next_cursor":null,"corrected":"kettle"}`,
	} {
		if a := f.get("/api/v1/products" + query); strings.TrimSpace(string(a.body)) != want {
			t.Errorf("%s: %s, want %s", query, a.body, want)
		}
	}
	if n := f.store.count("Summarize"); n != 0 {
		t.Errorf("counted %d times", n)
	}
	f.store.summary = catalog.Summary{Total: pointer[int64](0)}
	a := f.get("/api/v1/products?total=estimate")
	_, counted := f.store.lastAsked()
	if !strings.Contains(string(a.body), `,"total":0,`) || counted.Total != catalog.TotalEstimate || counted.Facets != nil {
		t.Errorf("%s after counting %+v", a.body, counted)
	}
}

func TestFieldsAreWhatItemsHold(t *testing.T) {
	t.Parallel()
	f := serve(t)
	path := f.create(`{"sku":"A-1","name":"Kettle","attributes":{"a<b":"1"}}`)
	id := strings.TrimPrefix(path, "/api/v1/products/")
	for fields, want := range map[string]string{
		"id":             `{"id":"` + id + `"}`,
		"price,sku":      `{"id":"` + id + `","sku":"A-1","price":null}`, // in the members' order
		"sku,sku":        `{"id":"` + id + `","sku":"A-1"}`,
		"attributes":     `{"id":"` + id + `","attributes":{"a\u003cb":"1"}}`, // as they are in the whole document
		"images,version": `{"id":"` + id + `","images":[],"version":1}`,
	} {
		if a := f.get("/api/v1/products?fields=" + fields); string(a.body) != `{"items":[`+want+`],"next_cursor":null}`+"\n" {
			t.Errorf("fields=%s: %s, want %s", fields, a.body, want)
		}
	}
	whole := f.get("/api/v1/products")
	all := f.get("/api/v1/products?fields=id,sku,gtin,name,description,brand,category,attributes,images,price,stock,status,version,created_at,updated_at")
	if string(all.body) != string(whole.body) {
		t.Errorf("all fields are %s, want %s", all.body, whole.body)
	}
	wantProblem(t, f.get(path+"?fields=sku"), http.StatusBadRequest, "bad_parameter", "?fields")
}

// olderStore has documents from before a product had a brand.
type olderStore struct{ *memoryStore }

func (s olderStore) Products(ctx context.Context, q catalog.Query) (catalog.Page, error) {
	page, err := s.memoryStore.Products(ctx, q)
	for i := range page.Items {
		page.Items[i].JSON = []byte(strings.Replace(string(page.Items[i].JSON), `"brand":null,`, "", 1))
	}
	return page, err
}

func TestFieldThatADocumentDoesNotHaveIsLeftOut(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, olderStore{&memoryStore{}}, io.Discard)}
	id := strings.TrimPrefix(d.create(`{"sku":"A-1","name":"Kettle"}`), "/api/v1/products/")
	d.want(http.StatusOK, `{"items":[{"id":"`+id+`","sku":"A-1"}],`, "GET", "/api/v1/products?fields=brand,sku", "")
}
