package rest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"catalog/api/catalog"
)

const missingID = "/api/v1/products/0190b3c2-f0a0-7000-8000-00000000000a"

func TestChangeWithoutIfMatchIs428(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	for method, body := range map[string]string{"PUT": kettle, "PATCH": `{"stock":1}`, "DELETE": ""} {
		p := wantProblem(t, f.write(method, missingID, body), http.StatusPreconditionRequired, "precondition_required")
		if !strings.Contains(p.Detail, "If-Match") {
			t.Errorf("%s: %q does not say what is missing", method, p.Detail)
		}
	}
}

// TestIfMatchIsComparedStrongly: %d stands for the version that is there.
func TestIfMatchIsComparedStrongly(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path, version := d.create(`{"sku":"A-1","name":"Kettle"}`), 1
	for given, want := range map[string]int{
		`"%d"`: 200, `"%d-gzip"`: 200, `"%d-zstd"`: 200, `*`: 200, `"0", "%d"`: 200, `,W/"%[1]d" , "%[1]d",`: 200,
		`W/"%d"`: 412, `"0"`: 412, `"%d-br"`: 412, `"%d-gzip-zstd"`: 412, `"0%d"`: 412, `"%d0"`: 412, `"*"`: 412, `"x,%d"`: 412, `""`: 412,
		`%d`: 400, ``: 400, `"%d`: 400, `%d"`: 400, `*, "%d"`: 400, `"%d", *`: 400, `"%[1]d" "%[1]d"`: 400, `"%d";q=1`: 400, `w/"%d"`: 400, `'%d'`: 400, `,`: 400,
	} {
		if strings.Contains(given, "%") {
			given = fmt.Sprintf(given, version)
		}
		a := d.ask("PATCH", path, `{"description":"another"}`, "If-Match", given)
		switch want {
		case 200:
			if version++; a.StatusCode != want || a.Header.Get("ETag") != fmt.Sprintf(`"%d"`, version) {
				t.Errorf("If-Match: %s: %d %v %s", given, a.StatusCode, a.Header, a.body)
			}
		case 412:
			if p := wantProblem(t, a, want, "precondition_failed"); !strings.Contains(p.Detail, fmt.Sprintf(`"%d"`, version)) {
				t.Errorf("%q does not name the version %d", p.Detail, version)
			}
		case 400:
			wantProblem(t, a, want, "bad_header")
		}
		if got := d.get(path).Header.Get("ETag"); got != fmt.Sprintf(`"%d"`, version) {
			t.Errorf("If-Match: %s has left the version at %s, want %d", given, got, version)
		}
	}
	d.want(200, "", "PATCH", path, `{}`, "If-Match", `"0"`, "If-Match", fmt.Sprintf(`"%d"`, version))
}

func TestProductIsReplacedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(`{"sku":"A-1","name":"Kettle","brand":"Bilby","stock":3,"attributes":{"a":"1"},"images":["x"]}`)
	first := decode[catalog.Product](t, d.get(path))

	put := d.want(200, "", "PUT", path, `{"sku":"A-2","name":"Pot","price":{"amount":"5","currency":"AUD"}}`, "If-Match", `"1"`)
	p := decode[catalog.Product](t, put)
	if p.ID != first.ID || p.SKU != "A-2" || p.Brand != nil || p.Stock != 0 || len(p.Attributes) != 0 || len(p.Images) != 0 || p.Price.Amount != "5.00" ||
		p.Version != 2 || !p.CreatedAt.Equal(first.CreatedAt) || p.UpdatedAt.Before(first.UpdatedAt) || put.Header.Get("ETag") != `"2"` {
		t.Errorf("PUT: %v %s", put.Header, put.body)
	}
	d.want(200, string(put.body), "GET", path, "")
	d.want(412, "precondition_failed", "PUT", path, `{"sku":"A-3","name":"Pan"}`, "If-Match", `"1"`)

	patched := d.want(200, `"stock":7`, "PATCH", path, `{"stock":7}`, "If-Match", `"2"`)
	if got := d.get(path); string(got.body) != string(patched.body) || got.Header.Get("ETag") != `"3"` || patched.Header.Get("ETag") != `"3"` {
		t.Errorf("PATCH answers %s, GET %s", patched.body, got.body)
	}

	d.want(412, "precondition_failed", "DELETE", path, "", "If-Match", `"2"`)
	d.want(204, "", "DELETE", path, "", "If-Match", `"3-gzip"`)
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		body := map[string]string{"PUT": `{"sku":"A-3","name":"Pan"}`, "PATCH": "{}"}[method]
		d.want(404, "not_found", method, path, body, "If-Match", "*")
	}
}

func TestChangeIsHeldToWhatACreationIs(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	d.create(`{"sku":"A-1","name":"Kettle"}`)
	path := d.create(`{"sku":"A-2","name":"Kettle"}`)
	for method, body := range map[string]string{"PUT": `{"sku":"%s","name":"K","category":%q}`, "PATCH": `{"sku":"%s","category":%q}`} {
		ask := func(sku, category string) answer {
			return d.ask(method, path, fmt.Sprintf(body, sku, category), "If-Match", "*")
		}
		wantProblem(t, ask("A-1", ""), http.StatusConflict, "duplicate_sku", "/sku")
		wantProblem(t, ask("A-2", "nowhere"), http.StatusUnprocessableEntity, "invalid", "/category")
		wantProblem(t, ask(" A-2", ""), http.StatusUnprocessableEntity, "invalid", "/sku")
	}
	if got := d.get(path).Header.Get("ETag"); got != `"1"` {
		t.Errorf("what was refused has left version %s", got)
	}
}

// TestOfTwoChangesOfAVersionOneWins: the other one learns that it has not seen
// the product as it is.
func TestOfTwoChangesOfAVersionOneWins(t *testing.T) {
	t.Parallel()
	d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
	path := d.create(`{"sku":"A-1","name":"Kettle"}`)
	for version := 1; version <= 20; version++ {
		var statuses [4]int
		var done sync.WaitGroup
		for i := range statuses {
			done.Go(func() {
				statuses[i] = d.ask("PATCH", path, fmt.Sprintf(`{"stock":%d}`, i), "If-Match", fmt.Sprintf(`"%d"`, version)).StatusCode
			})
		}
		done.Wait()
		won := 0
		for i, status := range statuses {
			if status == 200 {
				won++
				d.want(200, fmt.Sprintf(`"stock":%d`, i), "GET", path, "")
			} else if status != 412 {
				t.Errorf("a change was answered %d", status)
			}
		}
		if won != 1 {
			t.Fatalf("of four changes of version %d, %d were made", version, won)
		}
	}
}

// FuzzIfMatch: whatever a client sends, only a header that holds the version
// or is "*" changes the product.
func FuzzIfMatch(f *testing.F) {
	for _, seed := range []string{`"1"`, `W/"1"`, `"0", "1-gzip"`, "*", "", `"`, `,,,"1"`, `W/`, `"1"x`, "\x00", `"\xff"`, `*, "1"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		d := &direct{t, newServer(t, &memoryStore{}, io.Discard)}
		path := d.create(`{"sku":"A-1","name":"Kettle"}`)
		a := d.ask("PATCH", path, `{"stock":1}`, "If-Match", given)
		named := strings.Contains(given, `"1"`) || strings.Contains(given, `"1-gzip"`) || strings.Contains(given, `"1-zstd"`) || strings.Trim(given, " \t") == "*"
		changed := strings.Contains(string(d.get(path).body), `"stock":1`)
		if changed != (a.StatusCode == 200) || changed && !named || !changed && a.StatusCode != 412 && a.StatusCode != 400 {
			t.Errorf("%q: %d %s, changed: %t", given, a.StatusCode, a.body, changed)
		}
	})
}
