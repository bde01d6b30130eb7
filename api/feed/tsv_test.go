package feed_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"catalog/api/catalog"
	"catalog/api/feed"
)

var tsv = feed.Options{Format: feed.TSV}

func TestTSVKnowsNoQuoting(t *testing.T) {
	t.Parallel()
	row := one(t, "sku\tname\tdescription\r\nA\t\"19\" \"\"monitor, 'new'\t\"\r\n", tsv)
	if row.Input.Name != `"19" ""monitor, 'new'` || row.Input.Description != `"` {
		t.Errorf("the row says %+v", row.Input)
	}
}

func TestTSVFaultsCostTheirRowAlone(t *testing.T) {
	t.Parallel()
	wantFaults(t, "sku\tname\nA\nB\tb\tb\n\n \n\t\nC\tc", tsv,
		seen{2, "A", ""}, seen{3, "B", ""}, seen{6, "", "ok"}, seen{7, "C", "ok"})
}

// TestTooLongRecordsCostTheirRowAlone holds for each format: a record of the
// greatest length is read, a byte more is not, and the next one is.
func TestTooLongRecordsCostTheirRowAlone(t *testing.T) {
	t.Parallel()
	for format, c := range map[feed.Format]struct{ header, begin, end, next string }{
		feed.CSV:    {"sku,name\n", `A,"`, `"`, "B,b"},
		feed.TSV:    {"sku\tname\n", "A\t", "", "B\tb"},
		feed.NDJSON: {"", `{"sku":"A","name":"`, `"}`, `{"sku":"B"}`},
	} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			for _, lineEnd := range []string{"\n", "\r\n"} {
				longest := c.begin + strings.Repeat("x", feed.MaxRecord-len(c.begin+c.end)) + c.end
				tooLong := strings.Replace(longest, "x", "xx", 1)
				endless := strings.Replace(longest, "x", strings.Repeat("y", 3*feed.MaxRecord), 1)
				text := c.header + strings.Join([]string{longest, c.next, tooLong, c.next, endless, c.next, tooLong}, lineEnd)
				var got []string
				for _, row := range rowsOf(t, strings.NewReader(text), feed.Options{Format: format}) {
					got = append(got, row.SKU+" "+pointers(t, row.Err))
				}
				if want := "A ok,B ok, ,B ok, ,B ok, "; strings.Join(got, ",") != want {
					t.Errorf("with %q the rows are %q, want %q", lineEnd, got, want)
				}
			}
		})
	}
	t.Run("lines of csv", func(t *testing.T) {
		t.Parallel()
		lines := "A,\"a\n" + strings.Repeat("C,c\n", feed.MaxRecord/4) + "B,b\"\n"
		rows := rowsOf(t, strings.NewReader("sku,name\n"+lines), csv)
		if n := len(rows); n != feed.MaxRecord/4+2 || rows[0].Err == nil || rows[1].Err != nil || rows[n-1].Err == nil {
			t.Errorf("%d rows, which begin with %+v", n, rows[:2])
		}
	})
}

// TestRealFeedsAreReadToTheLastLine: bar codes of the Universe-HTT directory.
func TestRealFeedsAreReadToTheLastLine(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../shared/data/gtin/products_*.tsv")
	if err != nil || len(files) == 0 {
		t.Skip("the real feeds are not in ../shared/data/gtin")
	}
	o := feed.Options{Format: feed.TSV, CategorySeparator: "/", Columns: map[string]string{
		"sku": "UPCEAN", "gtin": "UPCEAN", "name": "Name", "category": "CategoryName", "brand": "BrandName", "attr.source": "ID",
	}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
		rows := rowsOf(t, bytes.NewReader(text), o)
		if len(rows) != len(lines)-1 {
			t.Errorf("%s has %d rows, and %d lines behind its header", file, len(rows), len(lines)-1)
		}
		refused := 0
		for i, row := range rows {
			if row.Err != nil || row.Line != int64(i)+2 || !wantReal(row, strings.Split(string(lines[i+1]), "\t")) {
				t.Fatalf("%s:%d %q is read as %+v: %v", file, i+2, lines[i+1], row, row.Err)
			}
			if _, err := catalog.NewProduct(row.Input, time.Now()); err != nil {
				refused++
			}
		}
		t.Logf("%s: %d rows, %d of them no product", filepath.Base(file), len(rows), refused)
	}
}

// wantReal is whether a row is what the line's fields say.
func wantReal(row feed.Row, fields []string) bool {
	brand := ""
	if row.Input.Brand != nil {
		brand = *row.Input.Brand
	}
	_, err := strconv.Atoi(row.Input.Attributes["source"])
	return err == nil && row.Input.Attributes["source"] == fields[0] && row.SKU == fields[1] && *row.Input.GTIN == fields[1] &&
		row.Input.Name == fields[2] && strings.Join(row.CategoryPath, "/") == fields[4] && brand == fields[6]
}
