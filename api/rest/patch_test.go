package rest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"catalog/api/catalog"
)

const patchable = `{"sku":"A-1","name":"Kettle","brand":"Bilby","gtin":"96385074","stock":3,"status":"draft","description":"x",` +
	`"attributes":{"colour":"red","size":"1"},"images":["a","b"],"price":{"amount":"19.90","currency":"AUD"}}`

// TestPatchMerges as RFC 7396 says: null removes, objects merge, everything
// else takes the old one's place.
func TestPatchMerges(t *testing.T) {
	t.Parallel()
	for patch, change := range map[string]func(*catalog.Product){
		`{}`:                                    func(*catalog.Product) {},
		`{"stock":4}`:                           func(p *catalog.Product) { p.Stock = 4 },
		`{"stock":null}`:                        func(p *catalog.Product) { p.Stock = 0 },
		`{"stock":999999999}`:                   func(p *catalog.Product) { p.Stock = 999999999 }, // and no 1e+09
		`{"name":" Pot "}`:                      func(p *catalog.Product) { p.Name = "Pot" },
		`{"brand":null,"gtin":null}`:            func(p *catalog.Product) { p.Brand, p.GTIN = nil, nil },
		`{"brand":""}`:                          func(p *catalog.Product) { p.Brand = nil },
		`{"status":null}`:                       func(p *catalog.Product) { p.Status = "active" },
		`{"description":null}`:                  func(p *catalog.Product) { p.Description = "" },
		`{"attributes":{"size":"2","new":""}}`:  func(p *catalog.Product) { p.Attributes["size"], p.Attributes["new"] = "2", "" },
		`{"attributes":{"size":null,"x":null}}`: func(p *catalog.Product) { delete(p.Attributes, "size") },
		`{"attributes":{}}`:                     func(*catalog.Product) {},
		`{"attributes":null}`:                   func(p *catalog.Product) { p.Attributes = map[string]string{} },
		`{"images":["c"]}`:                      func(p *catalog.Product) { p.Images = []string{"c"} },
		`{"images":[]}`:                         func(p *catalog.Product) { p.Images = []string{} },
		`{"price":{"amount":"5"}}`:              func(p *catalog.Product) { p.Price.Amount = "5.00" },
		`{"price":{"currency":"NZD"}}`:          func(p *catalog.Product) { p.Price.Currency = "NZD" },
		`{"price":null}`:                        func(p *catalog.Product) { p.Price = nil },
	} {
		d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
		path := d.create(patchable)
		want := decode[catalog.Product](t, d.get(path))
		change(&want)
		for range 2 { // and a second time nothing more
			got := decode[catalog.Product](t, d.want(200, "", "PATCH", path, patch, "If-Match", "*"))
			want.Version++
			want.UpdatedAt = got.UpdatedAt
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s makes %+v\nwant %+v", patch, got, want)
			}
		}
	}
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(`{"sku":"A-1","name":"Kettle"}`)
	d.want(200, `"price":{"amount":"7.00","currency":"AUD"}`, "PATCH", path, `{"price":{"amount":"7","currency":"AUD"}}`, "If-Match", "*")
}

func TestPatchThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(patchable)
	for patch, pointer := range map[string]string{
		`null`: "", `[]`: "", `"stock"`: "", `7`: "", `true`: "", `[{"stock":1}]`: "",
		`{"colour":"red"}`: "/colour", `{"SKU":"A-2"}`: "/SKU", `{"Stock":1,"stock":2}`: "/Stock", `{"a/b~c":1}`: "/a~1b~0c",
		`{"id":"x"}`: "/id", `{"version":9}`: "/version", `{"price":{"vat":"1"}}`: "/price/vat", `{"price":{"Amount":"1"}}`: "/price/Amount",
		`{"sku":null}`: "/sku", `{"name":null}`: "/name", `{"name":""}`: "/name", `{"price":{"amount":null}}`: "/price",
		`{"stock":"4"}`: "/stock", `{"stock":4.5}`: "/stock", `{"stock":{}}`: "/stock", `{"attributes":"x"}`: "/attributes",
		`{"attributes":{"size":{"eu":"1"}}}`: "/attributes", `{"images":{"0":"c"}}`: "/images", `{"price":"5"}`: "/price",
	} {
		wantProblem(t, d.ask("PATCH", path, patch, "If-Match", "*"), http.StatusUnprocessableEntity, "invalid", pointer)
	}
	// A number is what was written, to its last digit.
	for _, number := range []string{"12345678901234567890123", "4.50", "1e2", "-0.0"} {
		d.want(422, "not number "+number+`"`, "PATCH", path, `{"stock":`+number+`}`, "If-Match", "*")
	}
	for _, broken := range []string{"{", `{"stock":}`, `{"stock":1} {}`, `{"stock":01}`, "stock=1"} {
		wantProblem(t, d.ask("PATCH", path, broken, "If-Match", "*"), http.StatusBadRequest, "malformed")
	}
	if got := d.get(path).Header.Get("ETag"); got != `"1"` {
		t.Errorf("what was refused has left version %s", got)
	}
}

func TestPatchIsOfTwoMediaTypes(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(patchable)
	for i, media := range []string{"application/merge-patch+json", "application/json", "Application/Merge-Patch+JSON; charset=utf-8"} {
		d.want(200, fmt.Sprintf(`"stock":%d`, 100+i), "PATCH", path, fmt.Sprintf(`{"stock":%d}`, 100+i), "If-Match", "*", "Content-Type", media)
	}
	for _, media := range []string{"", "application/json-patch+json", "text/json", "application/merge-patch", "application/xml"} {
		a := d.ask("PATCH", path, `{"stock":1}`, "If-Match", "*", "Content-Type", media)
		p := wantProblem(t, a, http.StatusUnsupportedMediaType, "unsupported_media_type")
		if !strings.Contains(p.Detail, "application/merge-patch+json") {
			t.Errorf("%q does not say what is taken", p.Detail)
		}
	}
	wantProblem(t, d.ask("PUT", path, `{"sku":"A-1","name":"K"}`, "If-Match", "*", "Content-Type", "application/merge-patch+json"), 415, "unsupported_media_type")
}

// FuzzMergePatch holds a patch to the laws of RFC 7396: what is null is gone,
// what is a scalar is there, and a second time changes nothing.
func FuzzMergePatch(f *testing.F) {
	for _, seed := range []string{
		`{"stock":4,"brand":null}`, `{"attributes":{"a":"1","colour":null}}`, `{"price":{"amount":"1"}}`, `{"images":["x"],"description":"\u0000"}`,
		`{}`, `null`, `[]`, `{"SKU":"x"}`, `{"attributes":{"a":{"b":null}}}`, `{"stock":1e400}`, `{"name":" \ud800 "}`, `{"a":`, `{"stock":1,"stock":2}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
		path := d.create(patchable)
		first := d.ask("PATCH", path, body, "If-Match", `"1"`, "Content-Type", "application/merge-patch+json")
		switch first.StatusCode {
		case 400, 413, 422:
			if tag := d.get(path).Header.Get("ETag"); tag != `"1"` {
				t.Errorf("%q is refused and makes version %s", body, tag)
			}
			return
		case 200:
		default:
			t.Fatalf("%q: %d %s", body, first.StatusCode, first.body)
		}
		patch, got := map[string]any{}, decode[map[string]any](t, first)
		if err := json.Unmarshal([]byte(body), &patch); err != nil {
			t.Fatalf("%q is no object and was applied: %v", body, err)
		}
		wantMerged(t, body, got, patch)

		again := decode[map[string]any](t, d.ask("PATCH", path, body, "If-Match", `"2"`))
		for _, name := range []string{"version", "updated_at"} {
			delete(got, name)
			delete(again, name)
		}
		if !reflect.DeepEqual(again, got) {
			t.Errorf("%q makes %v, and a second time %v", body, got, again)
		}
	})
}

// wantMerged: a product takes off blanks around its name, gives its amount the
// currency's decimals, and makes null or a default of what is empty.
func wantMerged(t *testing.T, body string, got, patch map[string]any) {
	t.Helper()
	for name, value := range patch {
		switch value := value.(type) {
		case nil:
			if v := got[name]; v != nil && v != "" && v != 0.0 && v != "active" && len(fmt.Sprint(v)) > len("map[]") {
				t.Errorf("%q leaves %s at %v", body, name, v)
			}
		case map[string]any:
			inner, _ := got[name].(map[string]any)
			if name == "attributes" {
				for attribute, v := range value {
					if is, there := inner[attribute]; there != (v != nil) || there && is != v {
						t.Errorf("%q leaves the attribute %q at %v", body, attribute, is)
					}
				}
			}
		case string:
			if v, _ := got[name].(string); v != value && strings.TrimSpace(value) != v && (name != "status" || value != "") {
				t.Errorf("%q makes %s %q", body, name, v)
			}
		case float64:
			if got[name] != value {
				t.Errorf("%q makes %s %v", body, name, got[name])
			}
		}
	}
}
