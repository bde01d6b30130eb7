package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/imports"
)

// TestLastRowOfASKUWins: within a chunk and over chunks, and every row counts.
func TestLastRowOfASKUWins(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var text strings.Builder
	text.WriteString(feedOf(
		`{"sku":"A","name":"first"}`, `{"sku":"A","name":"second"}`, `{"sku":"A","name":"second"}`, `{"sku":"A","name":"third","stock":3}`,
	))
	for i := range 2000 { // A comes again in another chunk
		fmt.Fprintf(&text, `{"sku":"B-%d","name":"b"}`+"\n", i)
	}
	text.WriteString(feedOf(`{"sku":"A","name":"third","stock":3}`, `{"sku":"A","name":"fourth"}`, `{"sku":"A","name":"fifth"}`))
	wantRows(t, importFeed(t, s, text.String(), ndjson), 2001, 4, 2, 0)
	p := bySKU(t, s, "A")
	if p.Name != "fifth" || p.Stock != 0 || p.Version != 3 {
		t.Errorf("it became %+v", p)
	}
	if _, err := read(t, s, p.ID); err != nil {
		t.Error(err)
	}
}

func TestUnchangedRowsLeaveTheirProductsAlone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	putCategory(t, s, "kitchen", "")
	full := `{"sku":"A","gtin":"9312345678907","name":"Kettle","description":"Boils.","brand":"Bilby","category":"kitchen",` +
		`"attributes":{"colour":"silver","a":"b"},"images":["https://x.example/1"],"price":{"amount":"64.9","currency":"AUD"},"stock":12,"status":"draft"}`
	wantRows(t, importFeed(t, s, feedOf(full, `{"sku":"B","name":"Teapot"}`), ndjson), 2, 0, 0, 0)
	before := bySKU(t, s, "A")
	wantRows(t, importFeed(t, s, feedOf(full, `{"sku":"B","name":" Teapot ","status":"active"}`), ndjson), 0, 0, 2, 0)
	if after := bySKU(t, s, "A"); after.Version != 1 || !after.UpdatedAt.Equal(before.UpdatedAt) {
		t.Errorf("it became %+v", after)
	}
	// Each field is a change.
	for i, changed := range []string{
		strings.Replace(full, "9312345678907", "9312345678914", 1), strings.Replace(full, "Kettle", "kettle", 1),
		strings.Replace(full, "Boils", "Cooks", 1), strings.Replace(full, `"Bilby"`, "null", 1), strings.Replace(full, `"kitchen"`, "null", 1),
		strings.Replace(full, "silver", "red", 1), strings.Replace(full, "example/1", "example/2", 1), strings.Replace(full, "64.9", "64.91", 1),
		strings.Replace(full, "AUD", "NZD", 1), strings.Replace(full, ":12", ":13", 1), strings.Replace(full, "draft", "archived", 1),
	} {
		wantRows(t, importFeed(t, s, feedOf(changed), ndjson), 0, 1, 0, 0)
		if p := bySKU(t, s, "A"); p.Version != int64(i+2) || p.ID != before.ID || !p.CreatedAt.Equal(before.CreatedAt) || !p.UpdatedAt.After(before.UpdatedAt) {
			t.Errorf("%s: it became %+v", changed, p)
		}
	}
	if _, err := read(t, s, before.ID); err != nil {
		t.Error(err)
	}
}

func TestRowsOfUnknownCategoriesFailAlone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	putCategory(t, s, "kitchen", "")
	i := importFeed(t, s, feedOf(
		`{"sku":"A","name":"a","category":"kitchen"}`, `{"sku":"B","name":"b","category":"Kitchen"}`, `{"sku":"C","name":"c"}`, `{"sku":"D","name":"d","category":"Kitchen"}`,
	), ndjson)
	wantRows(t, i, 2, 0, 0, 2)
	bad, err := s.ImportErrors(t.Context(), i.ID, 0, 10)
	if err != nil || len(bad) != 2 || bad[0].Line != 2 || *bad[0].SKU != "B" || bad[1].Line != 4 || len(bad[0].Errors) != 1 ||
		bad[0].Errors[0] != (catalog.Violation{Pointer: "/category", Detail: "there is no such category"}) {
		t.Errorf("%+v, %v", bad, err)
	}
	if some, err := s.ImportErrors(t.Context(), i.ID, 2, 10); err != nil || len(some) != 1 || some[0].Line != 4 {
		t.Errorf("behind line 2: %+v, %v", some, err)
	}
	if some, err := s.ImportErrors(t.Context(), i.ID, 0, 1); err != nil || len(some) != 1 || some[0].Line != 2 {
		t.Errorf("one of them: %+v, %v", some, err)
	}
}

// TestBytesThatPostgreSQLCannotHoldFailTheirRows and nothing else: neither
// their SKU nor the place of the fault is lost with them.
func TestBytesThatPostgreSQLCannotHoldFailTheirRows(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	csv := imports.Options{Format: feed.CSV}
	for text, o := range map[string]imports.Options{
		"sku,name,attr.a\x00b\nA\x00,Kettle,\nB\xff,Kettle,\nC,Ket\x00tle,\nD,\xffKettle,\nE,Kettle,x\nF,Kettle,\n": csv,
		`{"sku":"A\u0000","name":"Kettle"}` + "\n" + "{\"sku\":\"B\xff\",\"name\":\"Kettle\"}\n" + `{"sku":"C","name":"Ket\u0000tle"}` + "\n" +
			`{"sku":"D","name":"Kettle","\u0000":1}` + "\n" + `{"sku":"E","name":"Kettle","attributes":{"a\u0000":"b"}}` + "\n" + `{"sku":"F","name":"Kettle"}` + "\n": ndjson,
	} {
		i := importFeed(t, newStore(t), text, o)
		if i.State != catalog.ImportSucceeded || i.Rows.Created != 1 || i.Rows.Failed != 5 {
			t.Errorf("%q: %+v, %v", text, i, i.Detail)
		}
	}
	i := importFeed(t, s, "sku,name\nA\x00B,Kettle\n", csv)
	bad, err := s.ImportErrors(t.Context(), i.ID, 0, 10)
	if err != nil || len(bad) != 1 || bad[0].SKU == nil || *bad[0].SKU != "A\uFFFDB" || bad[0].Errors[0].Pointer != "/sku" {
		t.Errorf("%+v, %v", bad, err)
	}
}

// TestDryRunChangesNothing and says what would have become of each row.
func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	create(t, s, "A", nil)
	create(t, s, "B", nil)
	runImports(t, s)
	i := endOf(t, s, submitImport(t, s, feedOf(
		`{"sku":"A","name":"Product A"}`, `{"sku":"B","name":"changed","category":"New/Path"}`, `{"sku":"C","name":"new","category":"New/Other"}`,
		`{"sku":"C","name":"newer"}`, `{"sku":"D","name":""}`,
	), ndjsonPaths, true))
	if wantRows(t, i, 1, 2, 1, 1); !i.DryRun {
		t.Error("it says that it was no dry run")
	}
	if bad, err := s.ImportErrors(t.Context(), i.ID, 0, 10); err != nil || len(bad) != 1 || bad[0].Line != 5 {
		t.Errorf("%+v, %v", bad, err)
	}
	if tree, err := s.Categories(t.Context()); err != nil || len(tree) != 0 {
		t.Errorf("categories %+v, %v", tree, err)
	}
	page, err := s.Products(t.Context(), catalog.Query{Limit: 10})
	if err != nil || len(page.Items) != 2 || bySKU(t, s, "B").Version != 1 {
		t.Errorf("%d products, %v", len(page.Items), err)
	}
}
