package main_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// TestExportIsWhatAnImportMakes: a catalog that is exported and imported
// elsewhere is the same but for ids and times, in either format.
func TestExportIsWhatAnImportMakes(t *testing.T) {
	t.Parallel()
	const rows = 1500
	first := newDatabase(t).serve(inAPlainTask, "yes")
	first.wantSuccess(first.startImport(byPath, ndjsonMedia, seeded(t, "1500", "ndjson")))
	want := exported(t, first)
	if len(want) != rows {
		t.Fatalf("%d products are exported", len(want))
	}
	for format, media := range map[string]string{"ndjson": ndjsonMedia, "csv": "text/csv"} {
		p := newDatabase(t).serve(inAPlainTask, "yes")
		export := first.want(http.StatusOK, "GET", products+":export?format="+format, "")
		i := p.wantSuccess(p.startImport(byPath, media, string(export.body)))
		if i.Rows.Created != rows || i.Rows.Failed != 0 {
			t.Errorf("%s: %+v", format, i.Rows)
		}
		if got := exported(t, p); !maps.Equal(got, want) {
			for sku := range want {
				if got[sku] != want[sku] {
					t.Fatalf("%s: it became\n%s\nand was\n%s", format, got[sku], want[sku])
				}
			}
		}
		// To the catalog that it came from it is no news.
		if i := first.wantSuccess(first.startImport(byPath, media, string(export.body))); i.Rows.Unchanged != rows {
			t.Errorf("%s, where it came from: %+v", format, i.Rows)
		}
	}
}

// exported are all products by SKU, without what each catalog gives them.
func exported(t *testing.T, p *process) map[string]string {
	t.Helper()
	all := map[string]string{}
	for line := range strings.Lines(string(p.want(http.StatusOK, "GET", products+":export", "").body)) {
		product := parse[map[string]any](t, []byte(line))
		for _, own := range []string{"id", "created_at", "updated_at"} {
			delete(product, own)
		}
		text, err := json.Marshal(product)
		if err != nil {
			t.Fatal(err)
		}
		all[product["sku"].(string)] = string(text)
	}
	return all
}
