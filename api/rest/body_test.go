package rest_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBodyThatIsNotJSONIs400(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	for _, body := range []string{
		"", "  \n", "{", `{"sku":`, `{"sku":"A-1","name":"K"`, `{'sku':'A-1'}`, `{"sku":"A-1",}`, "\x00", "<p/>",
		`{"sku":"A-1","name":"K"} {}`, `{"sku":"A-1","name":"K"}]`, `{"sku":"A-1","name":"K"} trailing`,
		strings.Repeat("[", 100_000),
	} {
		wantProblem(t, f.write("POST", "/api/v1/products", body), http.StatusBadRequest, "malformed")
	}
}

// TestUnknownFieldsAreNamed: by a pointer to where they are, not by their name
// alone.
func TestUnknownFieldsAreNamed(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	for body, pointer := range map[string]string{
		`{"sku":"A-1","name":"K","colour":"red"}`:                                  "/colour",
		`{"id":"x","sku":"A-1","name":"K"}`:                                        "/id",
		`{"sku":"A-1","name":"K","a/b~c":1}`:                                       "/a~1b~0c",
		`{"sku":"A-1","name":"K","":1}`:                                            "/",
		`{"sku":"A-1","name":"K","price":{"amount":"1","currency":"AUD","vat":1}}`: "/price/vat",
		`{"sku":"A-1","name":"K","price":{"sku":"A-1"}}`:                           "/price/sku",
		`{"sku":"A-1","name":"K","цвет":"красный"}`:                                "/цвет",
	} {
		p := wantProblem(t, f.write("POST", "/api/v1/products", body), http.StatusUnprocessableEntity, "invalid", pointer)
		if len(p.Errors) == 1 && p.Errors[0].Detail != "is not a known field" {
			t.Errorf("%s: %+v", body, p.Errors)
		}
	}
	wantProblem(t, f.write("PUT", "/api/v1/categories/x", `{"name":"X","product_count":1}`), http.StatusUnprocessableEntity, "invalid", "/product_count")
}

func TestWronglyTypedFieldsAreNamed(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	for body, want := range map[string]struct{ pointer, detail string }{
		`{"sku":1}`:                      {"/sku", "must be a string, not number"},
		`{"brand":true}`:                 {"/brand", "must be a string, not bool"},
		`{"stock":"3"}`:                  {"/stock", "must be a whole number, not string"},
		`{"stock":1.5}`:                  {"/stock", "must be a whole number, not number 1.5"},
		`{"stock":1e99}`:                 {"/stock", "must be a whole number, not number 1e99"},
		`{"images":"a.jpg"}`:             {"/images", "must be an array, not string"},
		`{"attributes":[]}`:              {"/attributes", "must be an object, not array"},
		`{"price":19.9}`:                 {"/price", "must be an object, not number"},
		`{"price":{"amount":19.9}}`:      {"/price/amount", "must be a string, not number"},
		`{"attributes":{"size":10}}`:     {"/attributes", "must be a string, not number"},
		`[{"sku":"A-1","name":"first"}]`: {"", "must be an object, not array"},
		`"A-1"`:                          {"", "must be an object, not string"},
	} {
		p := wantProblem(t, f.write("POST", "/api/v1/products", body), http.StatusUnprocessableEntity, "invalid", want.pointer)
		if len(p.Errors) == 1 && p.Errors[0].Detail != want.detail {
			t.Errorf("%s: %q, want %q", body, p.Errors[0].Detail, want.detail)
		}
	}
}

func TestInvalidContentIs422WithEveryViolation(t *testing.T) {
	t.Parallel()
	f := serve(t)
	a := f.write("POST", "/api/v1/products", `{"gtin":"1","price":{"amount":"1.999","currency":"AUD"},"images":["a",""],"stock":-1,"status":"sold"}`)
	wantProblem(t, a, http.StatusUnprocessableEntity, "invalid", "/sku", "/name", "/gtin", "/images/1", "/price", "/stock", "/status")
	wantProblem(t, f.write("POST", "/api/v1/products", "null"), http.StatusUnprocessableEntity, "invalid", "/sku", "/name")
	wantProblem(t, f.write("POST", "/api/v1/products", kettle), http.StatusUnprocessableEntity, "invalid", "/category")
	wantProblem(t, f.write("PUT", "/api/v1/categories/x", `{"name":"","parent_id":"x"}`), http.StatusUnprocessableEntity, "invalid", "/name", "/parent_id")
}

func TestSecondProductWithTheSKUIs409(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.create(`{"sku":"A-1","name":"Kettle"}`)
	wantProblem(t, f.write("POST", "/api/v1/products", `{"sku":"A-1","name":"Another"}`), http.StatusConflict, "duplicate_sku", "/sku")
}

func TestBodyOfMoreThanAMebibyteIs413(t *testing.T) {
	t.Parallel()
	f := serve(t)
	const most = 1 << 20
	document := `{"sku":"A-1","name":"Kettle"}`
	padded := document + strings.Repeat(" ", most-len(document))
	if a := f.write("POST", "/api/v1/products", padded); a.StatusCode != http.StatusCreated {
		t.Errorf("a body of exactly 1 MiB: %s %s", a.Status, a.body)
	}
	for _, body := range []string{
		padded + " ", // the document ends before, the body does not
		`{"sku":"` + strings.Repeat("x", most) + `"}`,
		strings.Repeat("x", most+1),
	} {
		wantProblem(t, f.write("POST", "/api/v1/products", body), http.StatusRequestEntityTooLarge, "too_large")
	}
}

func TestURLOfMoreThan8KiBIs414(t *testing.T) {
	t.Parallel()
	f := serve(t)
	path := "/api/v1/products?category="
	fits := path + strings.Repeat("x", 8<<10-len(path))
	if a := f.get(fits); a.StatusCode != http.StatusOK {
		t.Errorf("8 KiB: %s %s", a.Status, a.body)
	}
	wantProblem(t, f.get(fits+"x"), http.StatusRequestURITooLong, "url_too_long")
	wantProblem(t, f.get("/"+strings.Repeat("x", 8<<10)), http.StatusRequestURITooLong, "url_too_long")
}

func TestOtherMediaTypesAre415(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonp", "json", "application/json;;"} {
		a := f.ask("POST", "/api/v1/products", kettle, "Authorization", "Bearer "+token, "Content-Type", media)
		wantProblem(t, a, http.StatusUnsupportedMediaType, "unsupported_media_type")
	}
	for i, media := range []string{"application/json; charset=utf-8", "Application/JSON"} {
		body := `{"sku":"` + string(rune('A'+i)) + `","name":"Kettle"}`
		a := f.ask("POST", "/api/v1/products", body, "Authorization", "Bearer "+token, "Content-Type", media)
		if a.StatusCode != http.StatusCreated {
			t.Errorf("%s: %s %s", media, a.Status, a.body)
		}
	}
}

// FuzzBody: any body is a product, or an answer that blames the client.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		kettle, `{"sku":"A","name":"B"}`, "", "null", "[]", `{"price":{"x":1}}`, `{"":{}}`, `{"SKU":1,"sku":"a"}`, "{}{}",
		`{"name":"\ud800"}`, `{"attributes":{"a":null}}`, `{"stock":9223372036854775808}`, `{"a":`, "\xff", `{"price":{"amount":{}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		server := newServer(t, &memoryStore{}, bytes.NewBuffer(nil))
		r := httptest.NewRequest("POST", "/api/v1/products", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusCreated, http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		default:
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}
