package main_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealFeedsImport: every row of the bar-code directory's files is taken or
// listed, what was taken is found by what a customer knows of it, and a second
// import changes nothing.
func TestRealFeedsImport(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../shared/data/gtin/*.tsv")
	if err != nil || len(files) == 0 {
		t.Skip("the real feeds are not here")
	}
	d := newDatabase(t)
	p := d.serve(inAPlainTask, "yes")
	const query = "?map.sku=UPCEAN&map.gtin=UPCEAN&map.name=Name&map.category=CategoryName&map.brand=BrandName&category_separator=/"
	const media = "text/tab-separated-values"
	var taken []map[string]string // a product of each file
	for n, file := range files {
		feed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(string(feed), "\n"), "\n")
		rows := int64(len(lines) - 1)
		location := p.startImport(query, media, string(feed))
		i := p.wantSuccess(location)
		if i.Rows.OK+i.Rows.Failed != rows || i.Rows.OK < rows*9/10 || *i.Rows.Total != rows {
			t.Errorf("%s: %+v of %d rows", file, i.Rows, rows)
		}
		listed := p.want(http.StatusOK, "GET", location+"/errors", "").body
		if n := int64(strings.Count(string(listed), "\n")); n != i.Rows.Failed {
			t.Errorf("%s: %d rows failed, %d are listed", file, i.Rows.Failed, n)
		}
		if n == 0 {
			again := p.wantSuccess(p.startImport(query, media, string(feed)))
			if again.Rows.Unchanged != i.Rows.OK || again.Rows.Failed != i.Rows.Failed {
				t.Errorf("%s again: %+v, after %+v", file, again.Rows, i.Rows)
			}
		}
		t.Logf("%s: %+v", filepath.Base(file), i.Rows)
		taken = append(taken, firstOf(lines, "abcdefghijklmnopqrstuvwxyz"), firstOf(lines, "абвгдежзийклмнопрстуфхцчшщыэюя"))
	}
	for _, want := range taken {
		if want == nil {
			continue
		}
		for what, query := range map[string]string{
			"GTIN": "q=" + want["gtin"], "a word": "q=" + url.QueryEscape(want["word"]) + "&category=" + url.QueryEscape(want["category"]),
			"its category": "category=" + url.QueryEscape(want["category"]) + "&q=" + url.QueryEscape(want["name"]),
		} {
			if !p.finds(query, want["gtin"]) {
				t.Errorf("%v is not found by %s: %s", want, what, query)
			}
		}
	}
}

// firstOf is the first sound row whose name has a word of these letters.
func firstOf(lines []string, letters string) map[string]string {
	for _, line := range lines[1:] {
		fields := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if len(fields) != 7 || len(fields[1]) != 13 || strings.Trim(fields[1], "0123456789") != "" || strings.TrimSpace(fields[4]) == "" {
			continue
		}
		for word := range strings.FieldsSeq(fields[2]) {
			if len([]rune(word)) > 4 && strings.Trim(strings.ToLower(word), letters) == "" {
				var path []string
				for name := range strings.SplitSeq(fields[4], "/") {
					if name = strings.TrimSpace(name); name != "" {
						path = append(path, name)
					}
				}
				return map[string]string{"gtin": fields[1], "name": fields[2], "word": word, "category": strings.Join(path, "/")}
			}
		}
	}
	return nil
}

// finds pages through a search until a product with this SKU comes.
func (p *process) finds(query, sku string) bool {
	p.t.Helper()
	for path := products + "?limit=100&" + query; ; {
		page := parse[struct {
			Items      []struct{ SKU string }
			NextCursor *string `json:"next_cursor"`
		}](p.t, p.want(http.StatusOK, "GET", path, "").body)
		for _, item := range page.Items {
			if item.SKU == sku {
				return true
			}
		}
		if page.NextCursor == nil {
			return false
		}
		path = products + "?limit=100&" + query + "&cursor=" + url.QueryEscape(*page.NextCursor)
	}
}
