package feed_test

import (
	"reflect"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/feed"
)

var csv = feed.Options{Format: feed.CSV}

func TestCSVGivesEveryFieldOfAProduct(t *testing.T) {
	t.Parallel()
	text := "\ufeffsku,gtin,name,description,brand,category,price,currency,stock,status,images,attributes,attr.colour,attr.size,seller\r\n" +
		"A-1,4006381333931,\"Stift, \"\"blau\"\"\",\"Zwei\r\nZeilen\",Stabilo,pens, 1.90 ,AUD, 7 ,draft," +
		`"[""https://x.example/1.jpg""]","{""material"":""дерево"",""colour"":""no""}",blue,,somebody` + "\r\n"
	row := one(t, text, csv)
	want := catalog.ProductInput{
		SKU: "A-1", GTIN: ptr("4006381333931"), Name: `Stift, "blau"`, Description: "Zwei\r\nZeilen",
		Brand: ptr("Stabilo"), Category: ptr("pens"), Price: &catalog.Money{Amount: "1.90", Currency: "AUD"}, Stock: 7,
		Status: "draft", Images: []string{"https://x.example/1.jpg"},
		Attributes: map[string]string{"material": "дерево", "colour": "blue"},
	}
	if row.Line != 2 || row.SKU != "A-1" || !reflect.DeepEqual(row.Input, want) {
		t.Errorf("the row is %+v, want %+v", row, want)
	}
}

func TestCSVEmptyFieldsSayNothing(t *testing.T) {
	t.Parallel()
	row := one(t, "sku,gtin,name,brand,category,price,currency,stock,images,attributes,attr.size\nA,,N,,,,,,,,", csv)
	if want := (catalog.ProductInput{SKU: "A", Name: "N"}); !reflect.DeepEqual(row.Input, want) {
		t.Errorf("the row says %+v, want %+v", row.Input, want)
	}
}

func TestCSVFaultsCostTheirRowAlone(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		records string
		want    []seen
	}{
		"a field too few and one too many": {"A\nB,b,1\nC,c\n", []seen{{2, "A", ""}, {3, "B", ""}, {4, "C", "ok"}}},
		"a quote that stays open":          {"A,\"a\nB,b\nC,c", []seen{{2, "A", ""}, {3, "B", "ok"}, {4, "C", "ok"}}},
		"a stray quote before quoted ones": {"A,\"a\nB,\"b\"\nC,c", []seen{{2, "A", ""}, {3, "B", "ok"}, {4, "C", "ok"}}},
		"a quote in a field":               {"A,19\" b\nB,b\n", []seen{{2, "A", ""}, {3, "B", "ok"}}},
		"a field behind its quote":         {"A,\"a\"b\nB,b\n", []seen{{2, "A", ""}, {3, "B", "ok"}}},
		"a quote in the first field":       {"\"A\"x,a\nB,b\n", []seen{{2, "", ""}, {3, "B", "ok"}}},
		"a record of several lines":        {"A,\"a\n\nb\"\nB,b\n", []seen{{2, "A", "ok"}, {5, "B", "ok"}}},
		"several lines and a field more":   {"A,\"a\n\nb\",x\nB,b\n", []seen{{2, "A", ""}, {5, "B", "ok"}}},
		"blank lines and CRLF":             {"\r\n\n  \t\nA,a\r\n\r\n\nB,b\r\n\r\n", []seen{{5, "A", "ok"}, {8, "B", "ok"}}},
		"no line end at the end":           {"A,a\nB,\"b\"\r", []seen{{2, "A", "ok"}, {3, "B", "ok"}}},
		"a quoted SKU that is empty":       {"\"\",a\n", []seen{{2, "", "ok"}}},
		"not UTF-8":                        {"A,\xff\n\xff,b\n", []seen{{2, "A", "/name"}, {3, "", "/sku"}}},
		"nothing":                          {"", nil},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			wantFaults(t, "sku,name\n"+c.records, csv, c.want...)
		})
	}
}

func TestCSVNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	text := "sku,name,price,currency,stock\nA,a,\"1,90\",AUD,1\nB,b,1.90,,1\nC,c,1.90,AUD,many\nD,d,free,AUD,1.5\nE,e,,AUD,0\n"
	wantFaults(t, text, csv,
		seen{2, "A", "/price"}, seen{3, "B", "/price"}, seen{4, "C", "/stock"}, seen{5, "D", "/stock /price"}, seen{6, "E", "ok"})
	wantFaults(t, "sku,name,price\nA,a,1.90\nB,b,\n", csv, seen{2, "A", "/price"}, seen{3, "B", "ok"})
}

func TestCSVJSONInAColumn(t *testing.T) {
	t.Parallel()
	text := "sku,name,images,attributes\n" +
		"A,a,[1],\"{\"\"a/b\"\":1}\"\n" + "B,b,x,[]\n" + "C,c,\"[\"\"i\"\"] x\",\"{\"\"a\"\":\"\"1\"\",\"\"a\"\":\"\"2\"\"}\"\n" + "D,d,[],{}\n"
	wantFaults(t, text, csv,
		seen{2, "A", "/images/0 /attributes/a~1b"}, seen{3, "B", "/images /attributes"},
		seen{4, "C", "/images /attributes/a"}, seen{5, "D", "ok"})
}

func TestColumnsOfTheFeedsOwn(t *testing.T) {
	t.Parallel()
	o := feed.Options{Format: feed.CSV, CategorySeparator: "/", Columns: map[string]string{
		"sku": "Code", "gtin": "Code", "name": " Title ", "category": "Where", "attr.colour": "Farbe",
	}}
	row := one(t, "Title, Code ,Where,name,Farbe\nPen,4006381333931, Office / /Pens/,ignored,rot\n", o)
	want := catalog.ProductInput{
		SKU: "4006381333931", GTIN: ptr("4006381333931"), Name: "Pen", Attributes: map[string]string{"colour": "rot"},
	}
	if !reflect.DeepEqual(row.Input, want) || !reflect.DeepEqual(row.CategoryPath, []string{"Office", "Pens"}) {
		t.Errorf("the row is %+v, want %+v", row, want)
	}
	if row = one(t, "Title,Code,Where,Farbe\nPen,1,/ /,\n", o); row.CategoryPath != nil || row.Input.Category != nil {
		t.Errorf("a path without names is %q", row.CategoryPath)
	}
}

func TestFeedsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	mapped := func(field, column string) feed.Options {
		return feed.Options{Format: feed.CSV, Columns: map[string]string{field: column}}
	}
	wantRefused(t, "", csv, "", "empty", "header")
	wantRefused(t, "\ufeff", csv, "", "empty")
	wantRefused(t, "", feed.Options{Format: feed.NDJSON}, "", "empty")
	wantRefused(t, "\n \r\n", csv, "", "blank", "header")
	wantRefused(t, "sku,\"name\n", csv, "", "header", "quote")
	wantRefused(t, "sku,name,\xff\n", csv, "", "UTF-8")
	wantRefused(t, strings.Repeat("x", feed.MaxRecord+1)+"\n", csv, "", "header", "1 MiB")
	wantRefused(t, "sku;name\n", csv, "map.sku", `"sku;name"`)
	wantRefused(t, "sku\nA", csv, "map.name", `"name"`, `"sku"`)
	wantRefused(t, "sku,name\n", mapped("brand", "Maker"), "map.brand", `"Maker"`, `"sku", "name"`)
	wantRefused(t, "sku,name\n", mapped("attr.size", "Size"), "map.attr.size", `"Size"`)
	wantRefused(t, "sku,name\n", mapped("attr.", "Size"), "map.attr.", "map.attr.colour")
	wantRefused(t, "sku,name\n", mapped("colour", "name"), "map.colour", "attr.<name>")
	wantRefused(t, "sku,name\n", mapped("sku", " "), "map.sku", "names no column")
	wantRefused(t, "sku,name,name\n", csv, "map.name", "twice")
	wantRefused(t, "sku,name\n", feed.Options{Format: "xml"}, "format", "ndjson")
	wantRefused(t, "sku,name\n", feed.Options{Format: feed.CSV, From: &feed.Position{Offset: 5, Line: 1}}, "", "position")
	wantRefused(t, "{}", feed.Options{Format: feed.NDJSON, Columns: map[string]string{"currency": "c"}}, "map.currency", "NDJSON")
}

func TestColumnsThatNobodyReadsMayBeThereTwice(t *testing.T) {
	t.Parallel()
	one(t, "sku,name,,,note,note\nA,a,1,2,3,4\n", csv)
}
