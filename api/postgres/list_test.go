package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// ties stocks products of which many have the same name, price and time.
func ties(t *testing.T, s *postgres.Store, n int, random *rand.Rand) {
	t.Helper()
	for _, c := range [][2]string{{"a", ""}, {"a/b", "a"}, {"a/b/c", "a/b"}, {"d", ""}} {
		putCategory(t, s, c[0], c[1])
	}
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	moments := []int{0, 0, 0, 5, 9}
	start := now()
	for i := range n {
		in := catalog.ProductInput{
			SKU: fmt.Sprintf("T-%03d", i), Name: pick("Lamp", "lamp", "LAMP", "Ämter lamp", "лампа lamp", "a lamp", "Z lamp"), Stock: random.IntN(2),
			Attributes: map[string]string{"colour": pick("red", "blue", "a,b"), pick("size", "größe"): pick("1", "2")},
		}
		if c := pick("", "a", "a/b", "a/b/c", "d"); c != "" {
			in.Category = &c
		}
		if b := pick("", "B1", "B2"); b != "" {
			in.Brand = &b
		}
		if p := pick("", "5", "5.00", "10.5", "19.99"); p != "" {
			in.Price = &catalog.Money{Amount: p, Currency: "AUD"}
		}
		p, err := catalog.NewProduct(in, start)
		if err != nil {
			t.Fatal(err)
		}
		p.UpdatedAt = p.UpdatedAt.AddDate(0, 0, -moments[random.IntN(len(moments))])
		if err := insert(t.Context(), s, p); err != nil {
			t.Fatal(err)
		}
	}
}

// TestListsAreFilteredSortedAndPaged: every order over heavy ties, and random
// filters together, against a catalog in memory.
func TestListsAreFilteredSortedAndPaged(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	s := newStore(t)
	ties(t, s, 120, random)
	all := oracle(t, s)
	sorts := []catalog.Sort{catalog.SortID, catalog.SortName, catalog.SortPrice, catalog.SortUpdated}
	for _, sort := range sorts {
		for _, limit := range []int{1, 7, 100} {
			wantList(t, s, catalog.Query{Sort: sort, Limit: limit}, all)
		}
	}
	maybe := func(values ...string) string { return append(values, "", "")[random.IntN(len(values)+2)] }
	for range 70 {
		f := catalog.Filter{
			Text: maybe("lamp"), Category: maybe("a", "a/b", "d", "nowhere"), Brand: maybe("B1", "B3"),
			PriceFrom: maybe("5", "5.01", "10.50"), PriceTo: maybe("5", "19.98", "19.99"), SKU: maybe("", "", "", "T-007"),
		}
		if random.IntN(3) == 0 {
			f.InStock = ptr(random.IntN(2) == 0)
		}
		if random.IntN(2) == 0 {
			f.Attributes = append(f.Attributes, catalog.AttributeFilter{Name: "colour", Values: []string{"red", "a,b"}})
		}
		if random.IntN(4) == 0 {
			f.Attributes = append(f.Attributes, catalog.AttributeFilter{Name: "größe", Values: []string{"1"}})
		}
		wantList(t, s, catalog.Query{Filter: f, Sort: sorts[random.IntN(len(sorts))], Limit: []int{3, 100}[random.IntN(2)]}, all)
	}
}

// TestPagingUnderConcurrentWrites: whatever others write meanwhile, each row
// that did not change is listed exactly once, in its place.
func TestPagingUnderConcurrentWrites(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	s := newStore(t)
	ties(t, s, 200, random)
	all := oracle(t, s)
	still, moving := all[:120], all[120:] // by id: spread over every order
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 2 {
		mine := moving[w*40 : w*40+40]
		seed := rand.New(rand.NewPCG(5, uint64(w)))
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					disturb(t, s, mine[seed.IntN(len(mine))], fmt.Sprintf("%d-%d", w, n), seed)
				}
			}
		})
	}
	for _, text := range []string{"", "lamp"} {
		for _, sort := range []catalog.Sort{catalog.SortID, catalog.SortName, catalog.SortPrice, catalog.SortUpdated, catalog.SortRelevance} {
			if sort == catalog.SortRelevance && text == "" {
				continue
			}
			wantStill(t, s, catalog.Query{Filter: catalog.Filter{Text: text}, Sort: sort, Limit: 7}, still)
		}
	}
	close(stop)
	writers.Wait()
}

// disturb changes, deletes or adds a product.
func disturb(t *testing.T, s *postgres.Store, p catalog.Product, name string, random *rand.Rand) {
	switch random.IntN(4) {
	case 0:
		_ = s.DeleteProduct(t.Context(), p.ID, func(int64) error { return nil }) // it may be gone already
	case 1:
		in := catalog.ProductInput{SKU: "new-" + name, Name: "lamp " + name, Price: &catalog.Money{Amount: "5", Currency: "AUD"}}
		if err := insert(t.Context(), s, newProduct(t, in)); err != nil {
			t.Error(err)
		}
	default:
		_, _ = s.UpdateProduct(t.Context(), p.ID, func(p catalog.Product) (catalog.Product, error) {
			in := p.Input()
			in.Name, in.Stock = "lamp "+name, random.IntN(3)
			in.Price = &catalog.Money{Amount: fmt.Sprint(random.IntN(30)), Currency: "AUD"}
			return p.With(in, now())
		})
	}
}

// wantStill walks a list and wants the rows that nobody changes, each once and,
// where the order is known, in it.
func wantStill(t *testing.T, s *postgres.Store, q catalog.Query, still []catalog.Product) {
	t.Helper()
	expected := slices.Clone(still)
	slices.SortFunc(expected, less(q.Sort))
	unchanged := map[string]bool{}
	var want, got []string
	for _, p := range expected {
		unchanged[p.SKU] = true
		want = append(want, p.SKU)
	}
	for {
		page, err := s.Products(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Items {
			if sku := product(t, d).SKU; unchanged[sku] {
				got = append(got, sku)
			}
		}
		if q.After = page.Next; q.After == nil {
			break
		}
	}
	if q.Sort == catalog.SortRelevance { // the rank is the database's own
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Errorf("sorted by %q, %q: lists %d unchanged rows %q\nwant %d %q", q.Sort, q.Text, len(got), got, len(want), want)
	}
}
