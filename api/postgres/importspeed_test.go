package postgres_test

import (
	"strings"
	"testing"
	"time"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/seed"
)

// BenchmarkImport takes a hundred thousand invented products into an empty
// catalog with all of its indexes, and then the same ones again, none of which
// has changed.
func BenchmarkImport(b *testing.B) {
	const products = 100_000
	var text strings.Builder
	if err := seed.Write(&text, feed.NDJSON, seed.Options{Products: products, Seed: 1}, nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s := newStore(b)
		runImports(b, s)
		for _, kind := range []string{"new", "same"} {
			id := submitImport(b, s, text.String(), ndjsonPaths, false)
			submitted := time.Now()
			if i := endOf(b, s, id); i.State != catalog.ImportSucceeded || i.Rows.OK != products {
				b.Fatalf("%+v", i)
			}
			b.ReportMetric(products/time.Since(submitted).Seconds(), kind+"-rows/s")
		}
	}
}
