package postgres_test

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

func now() time.Time { return time.Now() }

// oracle is the whole catalog, by id, for saying what a list must be.
func oracle(t *testing.T, s *postgres.Store) (all []catalog.Product) {
	t.Helper()
	err := s.Export(t.Context(), func(document []byte) error {
		all = append(all, product(t, catalog.Document{JSON: slices.Clone(document)}))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func amount(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("no amount: " + s)
	}
	return r
}

// matches says whether a filter keeps a product; a text is taken for a word of
// its name, and a category for all whose id begins with it.
func matches(f catalog.Filter, p catalog.Product) bool {
	price := func(ok func(int) bool, bound string) bool {
		return p.Price != nil && ok(amount(p.Price.Amount).Cmp(amount(bound)))
	}
	switch {
	case f.Text != "" && !strings.Contains(strings.ToLower(p.Name), f.Text),
		f.SKU != "" && p.SKU != f.SKU,
		f.Brand != "" && (p.Brand == nil || *p.Brand != f.Brand),
		f.Category != "" && (p.Category == nil || *p.Category != f.Category && !strings.HasPrefix(*p.Category, f.Category+"/")),
		f.PriceFrom != "" && !price(func(c int) bool { return c >= 0 }, f.PriceFrom),
		f.PriceTo != "" && !price(func(c int) bool { return c <= 0 }, f.PriceTo),
		f.InStock != nil && *f.InStock != (p.Stock > 0):
		return false
	}
	for _, a := range f.Attributes {
		if v, ok := p.Attributes[a.Name]; !ok || !slices.Contains(a.Values, v) {
			return false
		}
	}
	return true
}

// less orders products as a list does.
func less(sort catalog.Sort) func(a, b catalog.Product) int {
	id := func(a, b catalog.Product) int { return strings.Compare(a.ID.String(), b.ID.String()) }
	key := func(p catalog.Product) *big.Rat {
		if p.Price == nil {
			return big.NewRat(-1, 1)
		}
		return amount(p.Price.Amount)
	}
	switch sort {
	case catalog.SortName:
		return func(a, b catalog.Product) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), id(a, b))
		}
	case catalog.SortPrice:
		return func(a, b catalog.Product) int { return cmp.Or(key(b).Cmp(key(a)), id(b, a)) }
	case catalog.SortUpdated:
		return func(a, b catalog.Product) int { return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), id(b, a)) }
	}
	return id
}

// wantList walks a list to its end and compares it with what it must be.
func wantList(t *testing.T, s *postgres.Store, q catalog.Query, all []catalog.Product) {
	t.Helper()
	var want, got []string
	kept := slices.DeleteFunc(slices.Clone(all), func(p catalog.Product) bool { return !matches(q.Filter, p) })
	slices.SortFunc(kept, less(q.Sort))
	for _, p := range kept {
		want = append(want, p.SKU)
	}
	for {
		page, err := s.Products(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, d := range page.Items {
			got = append(got, product(t, d).SKU)
		}
		if q.After = page.Next; q.After == nil {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v sorted by %q in pages of %d\nlists %q\nwant  %q", q.Filter, q.Sort, q.Limit, got, want)
	}
}
