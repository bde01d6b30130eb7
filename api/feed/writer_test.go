package feed_test

import (
	stdcsv "encoding/csv"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"catalog/api/catalog"
	"catalog/api/feed"
)

// awkward are products whose texts hold what the formats give a meaning.
func awkward(t *testing.T) []catalog.Product {
	t.Helper()
	var all []catalog.Product
	for _, in := range []catalog.ProductInput{
		{SKU: "A", Name: "plain"},
		{
			SKU: "=1+1", Name: `"Стол, 19"" ` + "\u2028 <b>&amp;", Description: "a\r\nb\n\n\"c\",\td\r ", Brand: ptr("Ünï, Co"), GTIN: ptr("4006381333931"),
			Category: ptr("a/b c"), Price: &catalog.Money{Amount: "19.9", Currency: "AUD"}, Stock: 12, Status: catalog.StatusDraft,
			Images: []string{"https://x.example/?a=1&b=\"2\"", "b"}, Attributes: map[string]string{"a,b": "\"c\"\n", "цвет": "", "=": "@"},
		},
	} {
		p, err := catalog.NewProduct(in, time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func written(t *testing.T, f feed.Format, products []catalog.Product) string {
	t.Helper()
	var text strings.Builder
	w, err := feed.NewWriter(&text, f)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range products {
		document, err := p.Document()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(document.JSON); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestWhatIsWrittenCanBeReadBack(t *testing.T) {
	t.Parallel()
	products := awkward(t)
	for _, f := range []feed.Format{feed.CSV, feed.NDJSON} {
		text := written(t, f, products)
		rows := readAll(t, text, feed.Options{Format: f})
		if len(rows) != len(products) {
			t.Fatalf("%s has %d rows:\n%s", f, len(rows), text)
		}
		for i, p := range products {
			if rows[i].Err != nil || !reflect.DeepEqual(rows[i].Input, p.Input()) {
				t.Errorf("%s: %+v is read back as %+v, %v", f, p.Input(), rows[i].Input, rows[i].Err)
			}
		}
	}
}

func TestCSVIsWrittenAsRFC4180HasIt(t *testing.T) {
	t.Parallel()
	products := awkward(t)
	text := written(t, feed.CSV, products)
	if !strings.HasPrefix(text, "id,sku,gtin,name,description,brand,category,price,currency,stock,status,images,attributes,version,created_at,updated_at\r\n") ||
		!strings.HasSuffix(text, "\r\n") {
		t.Errorf("it begins with %.200q", text)
	}
	records, err := stdcsv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(records) != 3 {
		t.Fatalf("encoding/csv finds %d records, %v", len(records), err)
	}
	want := []string{
		products[0].ID.String(), "A", "", "plain", "", "", "", "", "", "0", "active", "[]", "{}", "1", "2026-01-02T03:04:05.000006Z", "2026-01-02T03:04:05.000006Z",
	}
	if !reflect.DeepEqual(records[1], want) || records[2][1] != "=1+1" || records[2][7] != "19.90" {
		t.Errorf("the records are %q, want %q first", records[1:], want)
	}
}

func TestNDJSONIsWrittenVerbatimInOneLine(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	w, err := feed.NewWriter(&text, feed.NDJSON)
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{`{"b": 1,"a":"\u0041"}`, "{\n  \"a\": 1\r\n}"} {
		if err := w.Write([]byte(document)); err != nil {
			t.Fatal(err)
		}
	}
	if w.Flush(); text.String() != "{\"b\": 1,\"a\":\"\\u0041\"}\n{\"a\":1}\n" {
		t.Errorf("it is %q", &text)
	}
}

func TestAWriterWritesTheColumnsThatAreNamed(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	w, err := feed.NewWriter(&text, feed.CSV, "name", "sku", "currency")
	if err != nil || text.String() != "name,sku,currency\r\n" {
		t.Fatalf("it begins with %q, %v", &text, err)
	}
	w.Write([]byte(`{"sku":"A","name":"a","stock":1,"price":{"amount":"1","currency":"AUD"}}`))
	w.Write([]byte(`{"sku":"B","price":null}`))
	if w.Flush(); text.String() != "name,sku,currency\r\na,A,AUD\r\n,B,\r\n" {
		t.Errorf("it is %q", &text)
	}
}

func TestWritersThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, f := range []feed.Format{feed.TSV, "", "xml"} {
		var refused *feed.Error
		if _, err := feed.NewWriter(&strings.Builder{}, f); !errors.As(err, &refused) || refused.Parameter != "format" {
			t.Errorf("%q is answered %v", f, err)
		}
	}
	w, err := feed.NewWriter(&strings.Builder{}, feed.CSV)
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{"", "[]", `{"a"`, `{"a":1}x`} {
		if err := w.Write([]byte(document)); err == nil {
			t.Errorf("%q is written", document)
		}
	}
}

// whole takes some writes and checks that each ends with a record.
type whole struct {
	t    *testing.T
	left int
}

var errFull = errors.New("the disk is full")

func (w *whole) Write(p []byte) (int, error) {
	if p[len(p)-1] != '\n' {
		w.t.Errorf("a write ends with %q", p[len(p)-20:])
	}
	if w.left--; w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWholeRecordsAreHandedOverAndAnErrorStays(t *testing.T) {
	t.Parallel()
	w, err := feed.NewWriter(&whole{t, 3}, feed.CSV)
	if err != nil {
		t.Fatal(err)
	}
	for range 100_000 {
		if err = w.Write([]byte(`{"sku":"A","name":"a\nb"}`)); err != nil {
			break
		}
	}
	if !errors.Is(err, errFull) || !errors.Is(w.Flush(), errFull) || !errors.Is(w.Write([]byte("{}")), errFull) {
		t.Errorf("the errors are %v and %v", err, w.Flush())
	}
}
