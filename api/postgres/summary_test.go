package postgres_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// without is a filter that leaves out what a facet does.
func without(f catalog.Filter, facet string) catalog.Filter {
	switch facet {
	case catalog.FacetBrand:
		f.Brand = ""
	case catalog.FacetCategory:
		f.Category = ""
	case catalog.FacetPrice:
		f.PriceFrom, f.PriceTo = "", ""
	}
	return f
}

// counted is what a facet of words must be.
func counted(all []catalog.Product, f catalog.Filter, value func(catalog.Product) *string) []catalog.FacetValue {
	counts := map[string]int64{}
	for _, p := range all {
		if v := value(p); v != nil && matches(f, p) {
			counts[*v]++
		}
	}
	values := []catalog.FacetValue{}
	for v, n := range counts {
		values = append(values, catalog.FacetValue{Value: v, Count: n})
	}
	slices.SortFunc(values, func(a, b catalog.FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return values[:min(len(values), 20)]
}

func TestFacetsLeaveOutTheirOwnFilter(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	s := newStore(t)
	ties(t, s, 150, random)
	all := oracle(t, s)
	maybe := func(values ...string) string { return append(values, "")[random.IntN(len(values)+1)] }
	for range 60 {
		f := catalog.Filter{
			Text: maybe("lamp"), Category: maybe("a", "d"), Brand: maybe("B1"), PriceFrom: maybe("5.01"), PriceTo: maybe("10.50"),
		}
		got, err := s.Summarize(t.Context(), catalog.SummaryQuery{Filter: f, Facets: catalog.FacetNames, Total: catalog.TotalExact})
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		brands := counted(all, without(f, catalog.FacetBrand), func(p catalog.Product) *string { return p.Brand })
		categories := counted(all, without(f, catalog.FacetCategory), func(p catalog.Product) *string { return p.Category })
		if !reflect.DeepEqual(got.Facets[catalog.FacetBrand], brands) || !reflect.DeepEqual(got.Facets[catalog.FacetCategory], categories) {
			t.Errorf("%+v counts %+v\nwant brands %+v\ncategories %+v", f, got.Facets, brands, categories)
		}
		want := int64(0)
		for _, p := range all {
			if matches(f, p) {
				want++
			}
		}
		if got.Total == nil || *got.Total != want {
			t.Errorf("%+v counts %v in all, want %d", f, got.Total, want)
		}
	}
}

func TestPriceRangesAndWhatIsNotAsked(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var products []catalog.ProductInput
	for i, price := range []string{"0", "9.99", "10", "19.99", "10000", "999999", ""} {
		in := catalog.ProductInput{SKU: fmt.Sprint(i), Name: "P"}
		if price != "" {
			in.Price = &catalog.Money{Amount: price, Currency: "AUD"}
		}
		products = append(products, in)
	}
	stock(t, s, products)
	got, err := s.Summarize(t.Context(), catalog.SummaryQuery{Facets: []string{catalog.FacetPrice}, Total: catalog.TotalNone})
	want := []catalog.FacetValue{
		{GTE: ptr("0"), LT: ptr("10"), Count: 2}, {GTE: ptr("10"), LT: ptr("20"), Count: 2}, {GTE: ptr("10000"), Count: 2},
	}
	if err != nil || got.Total != nil || len(got.Facets) != 1 || !reflect.DeepEqual(got.Facets[catalog.FacetPrice], want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	empty, err := s.Summarize(t.Context(), catalog.SummaryQuery{Filter: catalog.Filter{Brand: "nobody"}, Facets: catalog.FacetNames, Total: catalog.TotalEstimate})
	if err != nil || empty.Total == nil || *empty.Total != 0 || empty.Facets[catalog.FacetCategory] == nil || len(empty.Facets) != 3 {
		t.Errorf("nothing is counted as %+v, %v", empty, err)
	}
}

// crowd writes many products by SQL: every second one a lamp, every eighth of
// Bilby.
func crowd(t *testing.T, o postgres.Options, n int) {
	t.Helper()
	c, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	_, err = c.Exec(t.Context(), `INSERT INTO product (id, sku, name, description, brand, attributes, images, price_amount, price_currency,
			stock, status, version, created_at, updated_at, document)
		SELECT gen_random_uuid(), 'S' || i, CASE WHEN i % 2 = 0 THEN 'lamp ' ELSE 'chair ' END || i, '', CASE WHEN i % 8 = 0 THEN 'Bilby' END,
			'{}', '[]', i % 100, 'AUD', 1, 'active', 1, now(), now() - i * interval '1 second', '{"sku":"x"}'
		FROM generate_series(1, $1) AS i`, n)
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommonWordsAreBounded: a text that many products have is counted over
// the first of them, and counted exactly when that is asked for.
func TestCommonWordsAreBounded(t *testing.T) {
	t.Parallel()
	const products = 3 * catalog.Candidates
	o := newCatalog(t)
	crowd(t, o, products)
	s := open(t, o)
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			analyze(t, o)
		}
		for text, exact := range map[string]int64{"": products, "lamp": products / 2} {
			for total, tolerance := range map[catalog.Total]float64{catalog.TotalExact: 0, catalog.TotalEstimate: 0.3} {
				got, err := s.Summarize(t.Context(), catalog.SummaryQuery{
					Filter: catalog.Filter{Text: text}, Facets: []string{catalog.FacetPrice}, Total: total,
				})
				if err != nil {
					t.Fatal(err)
				}
				if off := float64(*got.Total-exact) / float64(exact); off > tolerance || off < -tolerance {
					t.Errorf("%q, analyzed %v: %s is %d, want %d", text, analyzed, total, *got.Total, exact)
				}
				sum := int64(0)
				for _, v := range got.Facets[catalog.FacetPrice] {
					sum += v.Count
				}
				if sum != catalog.Candidates {
					t.Errorf("%q: the facet counts %d products", text, sum)
				}
			}
		}
	}
	few, err := s.Summarize(t.Context(), catalog.SummaryQuery{Filter: catalog.Filter{Brand: "Bilby"}, Total: catalog.TotalEstimate})
	if err != nil || *few.Total != products/8 {
		t.Errorf("few are estimated as %d, %v", *few.Total, err)
	}
}

func analyze(t *testing.T, o postgres.Options) {
	t.Helper()
	c, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}
