package feed_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"catalog/api/feed"
)

// The rows are as long as those of the real feeds.
const (
	benchRows     = 10_000
	benchCategory = "Продукты питания (folder)/Напитки безалкогольные/Welsh farms"
)

func BenchmarkReadTSV(b *testing.B) {
	benchmark(b, feed.Options{Format: feed.TSV, CategorySeparator: "/", Columns: map[string]string{
		"sku": "UPCEAN", "gtin": "UPCEAN", "name": "Name", "category": "CategoryName", "brand": "BrandName",
	}}, "ID\tUPCEAN\tName\tCategoryID\tCategoryName\tBrandID\tBrandName\n", func(i int) string {
		return fmt.Sprintf("%d\t%013d\tWelsh farms Super premium Ice Cream, fat daddy\t330591\t%s\t2708625\tWelsh farms\n", i, i, benchCategory)
	})
}

func BenchmarkReadCSV(b *testing.B) {
	benchmark(b, feed.Options{Format: feed.CSV, CategorySeparator: "/"}, "sku,gtin,name,category,brand,price,currency,stock\n", func(i int) string {
		return fmt.Sprintf("%d,%013d,\"Ice Cream, \"\"fat daddy\"\"\",%s,Welsh farms,19.90,AUD,%d\r\n", i, i, benchCategory, i%100)
	})
}

func BenchmarkReadNDJSON(b *testing.B) {
	benchmark(b, feed.Options{Format: feed.NDJSON, CategorySeparator: "/"}, "", func(i int) string {
		return fmt.Sprintf(`{"sku":"%d","gtin":"%013d","name":"Ice Cream, \"fat daddy\"","description":"Super premium","brand":"Welsh farms","category":"%s",`+
			`"attributes":{"colour":"white","size":"500 ml"},"images":[],"price":{"amount":"19.90","currency":"AUD"},"stock":%d,"status":"active"}`+"\n", i, i, benchCategory, i%100)
	})
}

func benchmark(b *testing.B, o feed.Options, header string, line func(i int) string) {
	b.Helper()
	var text strings.Builder
	text.WriteString(header)
	for i := range benchRows {
		text.WriteString(line(i))
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		r, err := feed.NewReader(strings.NewReader(text.String()), o)
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for {
			row, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil || row.Err != nil {
				b.Fatal(err, row.Err)
			}
			rows++
		}
		if rows != benchRows {
			b.Fatalf("%d rows", rows)
		}
	}
	b.ReportMetric(float64(benchRows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
