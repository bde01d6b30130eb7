package flask_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/currency"
)

// Blue and green serve at once, on one database: what these tests are about.

// pairs are both directions: who writes, and who reads it.
func pairs() map[string][2]*server {
	return map[string][2]*server{"Go to Flask": {both.golang, both.flask}, "Flask to Go": {both.flask, both.golang}}
}

// TestS1_EachReadsAndChangesWhatTheOtherHasWritten: the same bytes and ETag,
// another version on top, and the search finds it.
func TestS1_EachReadsAndChangesWhatTheOtherHasWritten(t *testing.T) {
	t.Parallel()
	for name, pair := range pairs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			writer, reader := pair[0], pair[1]
			sku := "rows-" + strings.ToLower(strings.Fields(name)[0])
			document := `{"sku":"` + sku + `","name":"Чайник <&> ` + sku + `","attributes":{"b":"2","a":"1"},"price":{"amount":"1.5","currency":"KWD"}}`
			written := writer.want(t, 201, "POST", products, document)
			path := written.header.Get("Location")
			read := reader.want(t, 200, "GET", path, "")
			if !bytes.Equal(read.body, written.body) || read.header.Get("ETag") != written.header.Get("ETag") {
				t.Errorf("written %s %q, read %s %q", written.body, written.header.Get("ETag"), read.body, read.header.Get("ETag"))
			}
			if found := reader.want(t, 200, "GET", products+"?q="+sku, ""); !bytes.Contains(found.body, bytes.TrimSpace(written.body)) {
				t.Errorf("a search finds %s", found.body)
			}
			changed := reader.want(t, 200, "PUT", path, strings.Replace(document, `"1.5"`, `"2"`, 1), "If-Match", written.header.Get("ETag"))
			again := writer.want(t, 200, "GET", path, "")
			if !bytes.Equal(again.body, changed.body) || again.header.Get("ETag") != `"2"` {
				t.Errorf("changed to %s, the first one reads %s %v", changed.body, again.body, again.header)
			}
			before, after := written.value(t).(map[string]any), again.value(t).(map[string]any)
			for _, member := range []string{"id", "created_at", "name", "attributes"} {
				if fmt.Sprint(before[member]) != fmt.Sprint(after[member]) && member != "created_at" { // its zeros may be other ones
					t.Errorf("%s was %v and is %v", member, before[member], after[member])
				}
			}
			writer.want(t, 412, "DELETE", path, "", "If-Match", `"1"`)
			writer.want(t, 204, "DELETE", path, "", "If-Match", `"2"`)
			reader.want(t, 404, "GET", path, "")
		})
	}
}

// TestS1_RowsHaveEveryColumnEitherWay: filters and facets read the columns, not
// the document.
func TestS1_RowsHaveEveryColumnEitherWay(t *testing.T) {
	t.Parallel()
	const filters = "&brand=Columns&attr.colour=red&price_gte=9.5&price_lte=9.5&in_stock=true&facets=brand,price&total=exact&fields=sku"
	for _, s := range []*server{both.golang, both.flask} {
		sku := map[*server]string{both.golang: "columns-go", both.flask: "columns-fl"}[s]
		s.want(t, 201, "POST", products, `{"sku":"`+sku+`","name":"x","brand":"Columns","gtin":"12345678","attributes":{"colour":"red"},`+
			`"price":{"amount":"9.5","currency":"AUD"},"stock":1}`)
		found := both.golang.want(t, 200, "GET", products+"?sku="+sku+filters, "")
		var list struct{ Total int }
		if err := json.Unmarshal(found.body, &list); err != nil || list.Total != 1 {
			t.Errorf("%s is found as %s", sku, found.body)
		}
	}
}

// TestS1_PagesGoOnInTheOtherWorkload: a cursor of blue's is good for green.
func TestS1_PagesGoOnInTheOtherWorkload(t *testing.T) {
	t.Parallel()
	const category = `pages "é`
	id := categories + "/pages%20%22%C3%A9"
	both.golang.want(t, 201, "PUT", id, `{"name":"x"}`)
	for i := range 5 {
		both.golang.want(t, 201, "POST", products, fmt.Sprintf(`{"sku":"pages-%d","name":"Paging","category":%q}`, i, category))
	}
	for _, query := range []string{"category=pages+%22%C3%A9", "q=paging", "q=paging&category=pages+%22%C3%A9"} {
		for name, pair := range pairs() {
			seen, cursor := map[string]bool{}, ""
			for turn := 0; turn == 0 || cursor != "" && turn < 9; turn++ {
				a := pair[turn%2].want(t, 200, "GET", products+"?limit=2&"+query+"&cursor="+cursor, "")
				var page struct {
					Items      []struct{ SKU string }
					NextCursor string `json:"next_cursor"`
				}
				if err := json.Unmarshal(a.body, &page); err != nil {
					t.Fatal(err)
				}
				for _, item := range page.Items {
					seen[item.SKU] = true
				}
				cursor = page.NextCursor
			}
			if len(seen) != 5 {
				t.Errorf("%s, %s: %d of 5 products were seen", name, query, len(seen))
			}
		}
	}
}

// TestS1_ARepeatMayReachTheOtherWorkload: a client that sends a POST again
// does not know whom it reaches.
func TestS1_ARepeatMayReachTheOtherWorkload(t *testing.T) {
	t.Parallel()
	for name, pair := range pairs() {
		key := "repeat-" + strings.ReplaceAll(name, " ", "-")
		document := `{"sku":"` + key + `","name":"Once"}`
		first := pair[0].want(t, 201, "POST", products, document, "Idempotency-Key", key)
		second := pair[1].want(t, 201, "POST", products, document, "Idempotency-Key", key)
		if !bytes.Equal(first.body, second.body) || second.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: the first answer is %s, the repeat's %s %v", name, first.body, second.body, second.header)
		}
		pair[1].want(t, 422, "POST", products, strings.Replace(document, "Once", "Twice", 1), "Idempotency-Key", key)
	}
}

// TestS1_FlaskKnowsTheSameCurrencies as golang.org/x/text, by which the Go API
// pads an amount.
func TestS1_FlaskKnowsTheSameCurrencies(t *testing.T) {
	t.Parallel()
	want := map[string]int{}
	for n := range 26 * 26 * 26 {
		code := string([]byte{byte('A' + n/676), byte('A' + n/26%26), byte('A' + n%26)})
		if unit, err := currency.ParseISO(code); err == nil && unit.String() == code {
			want[code], _ = currency.Standard.Rounding(unit)
		}
	}
	script := "import json; from catalog_flask.currencies import DECIMALS; print(json.dumps(DECIMALS))"
	command := exec.Command(flaskPython(), "-c", script)
	command.Dir = both.image.Root
	out, err := command.Output()
	var got map[string]int
	if err != nil || json.Unmarshal(out, &got) != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Flask knows %d currencies, Go %d: correct workloads/flask/catalog_flask/currencies.py", len(got), len(want))
	}
}

// flaskPython is the interpreter that Flask runs on.
func flaskPython() string {
	if path := both.image.Entrypoint[0]; filepath.IsAbs(path) {
		return filepath.Join(both.image.Root, path)
	}
	return both.image.Entrypoint[0]
}
