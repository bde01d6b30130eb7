package postgres_test

import (
	"fmt"
	"slices"
	"testing"

	"catalog/api/catalog"
)

// TestCorrectedSearchHasPages: each of them is of the words that were meant,
// in every order, and says so.
func TestCorrectedSearchHasPages(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var want []string
	for i := range 25 {
		sku := fmt.Sprintf("K-%02d", i)
		create(t, s, sku, func(in *catalog.ProductInput) { in.Name = "Kettle" })
		want = append(want, sku)
	}
	for _, sort := range append(catalog.Sorts, catalog.SortID) {
		var got []string
		q := catalog.Query{Filter: catalog.Filter{Text: "ketle"}, Sort: sort, Limit: 10}
		for {
			page, err := s.Products(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if page.Corrected != "kettle" {
				t.Errorf("by %q behind %v: searched for %q", sort, q.After, page.Corrected)
			}
			for _, d := range page.Items {
				got = append(got, product(t, d).SKU)
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("by %q: %q", sort, got)
		}
	}
}

// TestWordsOfDeletedProductsDoNoHarm: a word that nothing has any more is
// neither right nor meant.
func TestWordsOfDeletedProductsDoNoHarm(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	wrong := create(t, s, "A-1", func(in *catalog.ProductInput) { in.Name = "Ketle kettel" })
	create(t, s, "A-2", func(in *catalog.ProductInput) { in.Name = "Kettle" })
	for _, text := range []string{"ketle", "kettel", "kettele"} {
		if got, _ := find(t, s, text); len(got) != 1 {
			t.Errorf("%q finds %q", text, got)
		}
	}
	if err := s.DeleteProduct(t.Context(), wrong.ID, func(int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"ketle", "kettel", "kettele"} {
		if got, corrected := find(t, s, text); !slices.Equal(got, []string{"A-2"}) || corrected != "kettle" {
			t.Errorf("%q finds %q as %q", text, got, corrected)
		}
	}
}

// TestUpdatedProductIsFoundByItsNewWords and by the old ones no longer.
func TestUpdatedProductIsFoundByItsNewWords(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := create(t, s, "A-1", func(in *catalog.ProductInput) { in.Name = "Kettle" })
	if _, err := s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) { in.Name = "Samovar" })); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"samovar": "", "samovr": "samovar"} {
		if got, corrected := find(t, s, text); len(got) != 1 || corrected != want {
			t.Errorf("%q finds %q as %q", text, got, corrected)
		}
	}
	if got, corrected := find(t, s, "kettle"); len(got) != 0 {
		t.Errorf("its old name finds %q as %q", got, corrected)
	}
}

// TestCorrectionKeepsRightWords, however short and in their order.
func TestCorrectionKeepsRightWords(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	create(t, s, "A-1", func(in *catalog.ProductInput) { in.Name, in.Description = "TV wall bracket 55", "For a flat TV" })
	create(t, s, "A-2", func(in *catalog.ProductInput) { in.Name = "Wall lamp" })
	for text, want := range map[string]string{
		"tv wal braket":    "tv wall bracket",
		"braket 55 tv":     "bracket 55 tv",
		"TV Braket":        "tv bracket",
		"bracket wall lmp": "bracket wall lamp", // nothing has them all, and still those are the words
	} {
		page, err := s.Products(t.Context(), catalog.Query{Filter: catalog.Filter{Text: text}, Sort: catalog.SortRelevance, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > 0 && page.Corrected != want || len(page.Items) == 0 && want != "bracket wall lamp" {
			t.Errorf("%q is searched for as %q and finds %d", text, page.Corrected, len(page.Items))
		}
	}
}

// TestBeginningsOfWordsFindThem: a stem of what is typed so far need not begin
// the stem of the word.
func TestBeginningsOfWordsFindThem(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for sku, name := range map[string]string{
		"E": "Electric organic cookies", "R": "Running batteries", "T": "Чайники и чай", "H": "हिन्दी किताब",
	} {
		create(t, s, sku, func(in *catalog.ProductInput) { in.Name = name })
	}
	create(t, s, "X", func(in *catalog.ProductInput) { in.Name = "Electronics run чан" })
	for word, sku := range map[string]string{
		"electric": "E", "organic": "E", "cookies": "E", "running": "R", "batteries": "R", "чайники": "T", "हिन्दी": "H", "किताब": "H",
	} {
		for n := range len([]rune(word)) - 3 {
			text := string([]rune(word)[:n+4])
			if got, corrected := find(t, s, text); !slices.Contains(got, sku) || corrected != "" {
				t.Errorf("%q finds %q as %q, want %s", text, got, corrected, sku)
			}
		}
	}
	if got, _ := find(t, s, "organic electri"); !slices.Equal(got, []string{"E"}) {
		t.Errorf("a word and a beginning find %q", got)
	}
	if got, _ := find(t, s, "electri organic"); !slices.Equal(got, []string{"E"}) { // corrected: only the last one may be begun
		t.Errorf("a beginning and a word find %q", got)
	}
}
