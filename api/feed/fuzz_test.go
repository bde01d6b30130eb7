package feed_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/feed"
)

func FuzzReadCSV(f *testing.F)    { fuzz(f, feed.CSV) }
func FuzzReadTSV(f *testing.F)    { fuzz(f, feed.TSV) }
func FuzzReadNDJSON(f *testing.F) { fuzz(f, feed.NDJSON) }

// fuzz holds that reading ends, that lines ascend and that reading can go on
// behind any row.
func fuzz(f *testing.F, format feed.Format) {
	f.Add(nasty[format])
	f.Add("sku,name,images,attributes,price,currency,stock\nA,\"a\"\"\r\n\",[],{},1.9,AUD,1\n")
	f.Add("sku\tname\tattr.x\nA\ta\tx\n")
	f.Add(`{"sku":"A\u00e9","price":{"amount":"1","currency":"AUD"},"images":[],"attributes":{"a":"b"},"id":[1e5,{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		checkResumption(t, text, feed.Options{Format: format})
		checkResumption(t, text, feed.Options{Format: format, CategorySeparator: "/", Columns: map[string]string{"name": "sku", "category": "sku"}})
		if format == feed.NDJSON {
			checkJSON(t, text)
		}
	})
}

// FuzzWriteCSV holds that any text that is written is read back.
func FuzzWriteCSV(f *testing.F) {
	f.Add("A", "\"\r\n,", " ", "=1")
	f.Fuzz(func(t *testing.T, sku, name, key, value string) {
		in := catalog.ProductInput{SKU: valid(sku), Name: valid(name), Attributes: map[string]string{valid(key): valid(value)}}
		document, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		w, err := feed.NewWriter(&text, feed.CSV)
		if err != nil {
			t.Fatal(err)
		}
		if w.Write(document) != nil || w.Flush() != nil {
			t.Fatalf("%s is not written", document)
		}
		rows := rowsOf(t, &text, csv)
		if len(rows) != 1 || rows[0].Err != nil || !reflect.DeepEqual(rows[0].Input, in) {
			t.Fatalf("%s is read back as %+v", document, rows)
		}
	})
}

func valid(s string) string { return strings.ToValidUTF8(s, "") }

// checkJSON holds what a record says against encoding/json.
func checkJSON(t *testing.T, text string) {
	t.Helper()
	r, err := feed.NewReader(strings.NewReader(text), feed.Options{Format: feed.NDJSON})
	if err != nil {
		return
	}
	for {
		before := r.Position().Offset
		row, err := r.Next()
		if err != nil {
			return
		}
		line := bytes.TrimSpace([]byte(text[before:r.Position().Offset]))
		if row.Err != nil {
			if len(row.Err.Error()) == 0 {
				t.Fatalf("%q has a fault without words", line)
			}
			continue
		}
		want := row.Input
		want.SKU, want.Name, want.Images, want.Attributes = "", "", nil, nil
		want.Price, want.Brand, want.GTIN, want.Category = nil, nil, nil, nil
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatalf("%q is taken, and encoding/json says %v", line, err)
		}
		for _, optional := range []**string{&want.GTIN, &want.Brand, &want.Category} {
			if *optional != nil && **optional == "" {
				*optional = nil
			}
		}
		if !reflect.DeepEqual(row.Input, want) {
			t.Fatalf("%q is\n%+v, want\n%+v", line, row.Input, want)
		}
	}
}
