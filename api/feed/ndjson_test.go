package feed_test

import (
	"reflect"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/feed"
)

var ndjson = feed.Options{Format: feed.NDJSON}

func TestNDJSONLinesAreProductDocuments(t *testing.T) {
	t.Parallel()
	row := one(t, "\ufeff\r\n \t\n"+` {"id":"0190", "version": 3, "created_at":"x", "updated_at":null, "sku":"A\u002d1","gtin":"4006381333931",`+
		`"name":"\"Stift\" \ud83d\ude00 \ud83d","description":"a\nb","brand":"","category":"pens","attributes":{"size":"1\/2"},`+
		`"images":["https:\/\/x"],"price":{"amount":"1.90","currency":"AUD"},"stock":7,"status":"draft"} `+"\r\n", ndjson)
	want := catalog.ProductInput{
		SKU: "A-1", GTIN: ptr("4006381333931"), Name: "\"Stift\" 😀 \ufffd", Description: "a\nb", Category: ptr("pens"),
		Attributes: map[string]string{"size": "1/2"}, Images: []string{"https://x"},
		Price: &catalog.Money{Amount: "1.90", Currency: "AUD"}, Stock: 7, Status: "draft",
	}
	if row.Line != 3 || row.SKU != "A-1" || !reflect.DeepEqual(row.Input, want) {
		t.Errorf("the row is %+v, want %+v", row, want)
	}
}

func TestNDJSONNullsSayNothing(t *testing.T) {
	t.Parallel()
	row := one(t, `{"sku":"A","gtin":null,"name":"N","description":null,"brand":null,"category":null,"attributes":null,"images":null,"price":null,"stock":null,"status":null}`, ndjson)
	if want := (catalog.ProductInput{SKU: "A", Name: "N"}); !reflect.DeepEqual(row.Input, want) {
		t.Errorf("the row says %+v, want %+v", row.Input, want)
	}
}

func TestNDJSONFaultsCostTheirRowAloneAndPoint(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]seen{
		`{"sku":"A","colour":"red","a/b":[{"x":[]}]}`: {1, "A", "/colour /a~1b"},
		`{"SKU":"A"}`:                                                {1, "", "/SKU"},
		`{"price":19.9,"stock":"7","sku":"A"}`:                       {1, "A", "/price /stock"},
		`{"price":{"amount":19.9,"tax":"1"},"sku":"A"}`:              {1, "A", "/price/amount /price/tax"},
		`{"images":["a",1,null],"attributes":{"a":true},"sku":"A"}`:  {1, "A", "/images/1 /images/2 /attributes/a"},
		`{"images":"a","attributes":[],"gtin":1,"brand":{},"sku":7}`: {1, "", "/images /attributes /gtin /brand /sku"},
		`{"stock":1.5,"sku":"A"}`:                                    {1, "A", "/stock"},
		`{"stock":99999999999999999999,"sku":"A"}`:                   {1, "A", "/stock"},
		`{"sku":"A","sku":"B"}`:                                      {1, "B", "/sku"},
		`{"attributes":{"a":"1","a":"2"}}`:                           {1, "", "/attributes/a"},
		`{"sku":"A","name":"\xff"}`:                                  {1, "A", ""},
		`{"sku":"A","name":"` + "\xff" + `"}`:                        {1, "A", ""},
		`{"sku":"` + "\xff" + `"}`:                                   {1, "", ""},
		`{"sku":"A"`:                                                 {1, "A", ""},
		`{"sku":"A"} {}`:                                             {1, "A", ""},
		`{"sku":"A",}`:                                               {1, "A", ""},
		`{"sku":"A" "name":"a"}`:                                     {1, "A", ""},
		`{"sku":"A","stock":01}`:                                     {1, "A", ""},
		`{"sku":"A","stock":-}`:                                      {1, "A", ""},
		`{"sku":"A","id":` + strings.Repeat("[", 5000):               {1, "A", ""},
		`{"sku":"A","name":"` + "\t" + `"}`:                          {1, "A", ""},
		`{"sku":"A","name":"\u12g4"}`:                                {1, "A", ""},
		`{"sku":"A","id":nul}`:                                       {1, "A", ""},
		`[1]`:                                                        {1, "", ""},
		`sku,name`:                                                   {1, "", ""},
	} {
		wantFaults(t, line+"\n"+`{"sku":"B","name":"b"}`, ndjson, want, seen{2, "B", "ok"})
	}
}

func TestNDJSONNamesAtMostSomeFaultsOfARecord(t *testing.T) {
	t.Parallel()
	rows := readAll(t, "{"+strings.Repeat(`"x":1,`, 1000)+`"sku":"A"}`, ndjson)
	if n := len(strings.Fields(pointers(t, rows[0].Err))); n != 20 || rows[0].SKU != "A" {
		t.Errorf("%d faults are named, and the SKU %q", n, rows[0].SKU)
	}
}

func TestNDJSONMembersOfTheFeedsOwn(t *testing.T) {
	t.Parallel()
	o := feed.Options{Format: feed.NDJSON, CategorySeparator: " > ", Columns: map[string]string{
		"sku": "id", "gtin": "id", "name": "title", "attr.colour": "farbe", "attr.size": "groesse",
	}}
	row := one(t, `{"farbe":"rot","groesse":"","id":"1","title":"Pen","category":"Office >  > Pens","attributes":{"colour":"no","a":"b"}}`, o)
	want := catalog.ProductInput{SKU: "1", GTIN: ptr("1"), Name: "Pen", Attributes: map[string]string{"colour": "rot", "a": "b"}}
	if !reflect.DeepEqual(row.Input, want) || !reflect.DeepEqual(row.CategoryPath, []string{"Office", "Pens"}) {
		t.Errorf("the row is %+v, want %+v", row, want)
	}
	wantFaults(t, `{"sku":"1","name":"Pen"}`, o, seen{1, "", "/sku /name"})
	if row = one(t, `{"id":"1","title":"Pen","category":null}`, o); row.CategoryPath != nil {
		t.Errorf("the path of no category is %q", row.CategoryPath)
	}
}
