package seed_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/seed"
)

func written(t *testing.T, f feed.Format, o seed.Options) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := seed.Write(&text, f, o, nil); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func rows(t *testing.T, f feed.Format, o seed.Options) []feed.Row {
	t.Helper()
	r, err := feed.NewReader(bytes.NewReader(written(t, f, o)), feed.Options{Format: f, CategorySeparator: "/"})
	if err != nil {
		t.Fatal(err)
	}
	var all []feed.Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil || row.Err != nil {
			t.Fatal(err, row.Err)
		}
		all = append(all, row)
	}
}

// TestTheSameSeedGivesTheSameBytes on every machine and in every version: what
// was measured with a catalog can be measured again.
func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for f, want := range map[feed.Format]string{
		feed.NDJSON: "20941cff3601bd5f63491d993f877f8dfefdee3dc333ab7660bd98c6627845aa",
		feed.CSV:    "4f9c79aa3e3092222f7d202138eed6f9e86fe169f03df6dc8381b2411e37b85d",
	} {
		sum := sha256.Sum256(written(t, f, seed.Options{Products: 1000, Seed: 1}))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s has the SHA-256 %s, want %s", f, got, want)
		}
	}
}

func TestALargerCatalogBeginsWithTheSmaller(t *testing.T) {
	t.Parallel()
	for _, f := range []feed.Format{feed.CSV, feed.NDJSON} {
		small, large := written(t, f, seed.Options{Products: 100, Seed: 7}), written(t, f, seed.Options{Products: 1000, Seed: 7})
		if !bytes.HasPrefix(large, small) {
			t.Errorf("%s does not", f)
		}
		if other := written(t, f, seed.Options{Products: 100, Seed: 8}); bytes.Equal(small, other) {
			t.Errorf("%s is the same with another seed", f)
		}
	}
}

func TestBothFormatsSayTheSame(t *testing.T) {
	t.Parallel()
	o := seed.Options{Products: 2000, Seed: 3}
	inCSV := rows(t, feed.CSV, o)
	for i, row := range rows(t, feed.NDJSON, o) {
		if !reflect.DeepEqual(row.Input, inCSV[i].Input) || !slices.Equal(row.CategoryPath, inCSV[i].CategoryPath) {
			t.Fatalf("product %d is\n%+v in NDJSON and\n%+v in CSV", i+1, row.Input, inCSV[i].Input)
		}
	}
}

func TestEveryProductIsOneThatTheCatalogTakes(t *testing.T) {
	t.Parallel()
	skus, codes := map[string]bool{}, map[string]bool{}
	for _, row := range rows(t, feed.NDJSON, seed.Options{Products: 20_000, Seed: 1}) {
		if _, err := catalog.NewProduct(row.Input, time.Now()); err != nil {
			t.Fatalf("%+v: %v", row.Input, err)
		}
		if skus[row.SKU] || !strings.HasPrefix(row.SKU, "SEED-0") {
			t.Errorf("the SKU %s is there twice or looks otherwise", row.SKU)
		}
		skus[row.SKU] = true
		if gtin := row.Input.GTIN; gtin != nil {
			if codes[*gtin] || len(*gtin) != 13 || checkSum(*gtin)%10 != 0 {
				t.Errorf("the GTIN %s is there twice or is none", *gtin)
			}
			codes[*gtin] = true
		}
		if n := len(row.Input.Attributes); n < 2 || n > 6 || len(row.CategoryPath) != 3 || row.Input.Description == "" {
			t.Errorf("%+v has %d attributes, and the path %q", row.Input, n, row.CategoryPath)
		}
	}
}

// checkSum is what a whole GTIN's digits add up to: a multiple of 10.
func checkSum(gtin string) (sum int) {
	for i, digit := range gtin {
		sum += int(digit-'0') * (1 + i%2*2)
	}
	return sum
}

// TestTheCatalogIsDistributedAsRealOnesAre: what is searched, sorted and
// counted in it costs what it costs in earnest.
func TestTheCatalogIsDistributedAsRealOnesAre(t *testing.T) {
	t.Parallel()
	const n = 40_000
	brands, leaves, share := map[string]int{}, map[string]int{}, map[string]int{}
	var prices []string
	for _, row := range rows(t, feed.NDJSON, seed.Options{Products: n, Seed: 1}) {
		leaves[strings.Join(row.CategoryPath, "/")]++
		in := row.Input
		if in.Brand != nil {
			brands[*in.Brand]++
		}
		if in.Price != nil {
			prices = append(prices, strings.Repeat("0", 8-len(in.Price.Amount))+in.Price.Amount)
		}
		for what, is := range map[string]bool{
			"without a GTIN": in.GTIN == nil, "without a price": in.Price == nil, "without a brand": in.Brand == nil,
			"sold out": in.Stock == 0, "Cyrillic": strings.ContainsFunc(in.Name, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }),
			"not active": in.Status != catalog.StatusActive, "with a quote in the name": strings.Contains(in.Name, `"`),
		} {
			if is {
				share[what]++
			}
		}
	}
	for what, percent := range map[string][2]int{
		"without a GTIN": {7, 9}, "without a price": {2, 4}, "without a brand": {4, 6}, "sold out": {13, 20},
		"Cyrillic": {7, 13}, "not active": {4, 6}, "with a quote in the name": {0, 4},
	} {
		if got := share[what] * 100; got < percent[0]*n || got > percent[1]*n || got == 0 {
			t.Errorf("%.1f %% are %s, want %d to %d", float64(got)/n, what, percent[0], percent[1])
		}
	}
	if len(brands) < 1900 || len(leaves) != 600 {
		t.Errorf("it has %d brands and %d leaves, want nearly 2000 and 600", len(brands), len(leaves))
	}
	wantSkew(t, "brand", brands, n)
	wantSkew(t, "leaf", leaves, n)
	slices.Sort(prices)
	if median := prices[len(prices)/2]; median < "00035.00" || median > "00045.00" {
		t.Errorf("the median price is %s", median)
	}
}

// wantSkew wants the commonest to be common, but not everywhere.
func wantSkew(t *testing.T, what string, counts map[string]int, n int) {
	t.Helper()
	most := 0
	for _, count := range counts {
		most = max(most, count)
	}
	if most*100 < n || most*20 > n || most < 4*n/len(counts) {
		t.Errorf("the commonest %s has %d of %d products", what, most, n)
	}
}

func TestCatalogsThatCannotBeMadeAreRefusedBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format   feed.Format
		products int
		word     string
	}{
		{feed.CSV, 0, "1 to 1000000000"},
		{feed.CSV, -1, "-1"},
		{feed.CSV, 1_000_000_001, "1 to"},
		{feed.TSV, 1, "csv or ndjson"},
		{"xml", 1, `"xml"`},
	} {
		var text bytes.Buffer
		err := seed.Write(&text, c.format, seed.Options{Products: c.products}, nil)
		if err == nil || !strings.Contains(err.Error(), c.word) || text.Len() > 0 {
			t.Errorf("%d products in %s are answered %v, and %q", c.products, c.format, err, &text)
		}
	}
}

func TestProgressIsTold(t *testing.T) {
	t.Parallel()
	var told []int
	err := seed.Write(io.Discard, feed.NDJSON, seed.Options{Products: 2500}, func(n int) { told = append(told, n) })
	if err != nil || !slices.Equal(told, []int{1000, 2000}) {
		t.Errorf("it told %v, %v", told, err)
	}
}

func BenchmarkWriteNDJSON(b *testing.B) { benchmark(b, feed.NDJSON) }
func BenchmarkWriteCSV(b *testing.B)    { benchmark(b, feed.CSV) }

func benchmark(b *testing.B, f feed.Format) {
	b.Helper()
	const n = 10_000
	b.ReportAllocs()
	for b.Loop() {
		if err := seed.Write(io.Discard, f, seed.Options{Products: n, Seed: 1}, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
