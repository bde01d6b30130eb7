package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// shelf is a small catalog for searches: by SKU, with its name, brand and
// description.
var shelf = []catalog.ProductInput{
	{SKU: "KET-17", Name: "Steel kettle 1.7 l", Brand: ptr("Bilby"), Description: "Boils a litre in three minutes", GTIN: ptr("9312345678907")},
	{SKU: "KET-18", Name: "Enamel kettles, set of 2", Description: "For the campfire"},
	{SKU: "TEA-1", Name: "Teapot", Brand: ptr("Kettle & Sons"), Description: "Glass"},
	{SKU: "TEA-2", Name: "Tea cosy", Description: "Keeps what a kettle made warm"},
	{SKU: "CREME", Name: "Crème Brûlée dishes", Brand: ptr("Åström")},
	{SKU: "RU-1", Name: "Чайник «Ёлка» 1,7 л", Description: "Эмалированный, с красными цветами"},
	{SKU: "RU-2", Name: "Чайники заварочные", Brand: ptr("Зубр")},
	{SKU: "SHIRT", Name: "T-shirt, navy/white", Brand: ptr("O'Reilly"), Description: "100% cotton AC/DC print"},
	{SKU: "MIX-26cm", Name: "Skillet 26cm cast-iron", GTIN: ptr("4006381333931")},
	{SKU: "steel", Name: "A plate", Description: "Its SKU is a word of other names"},
	{SKU: "odd sku: (a|b) & 'c'", Name: "An odd one"},
}

func stock(t testing.TB, s *postgres.Store, products []catalog.ProductInput) {
	t.Helper()
	for _, in := range products {
		p, err := catalog.NewProduct(in, now())
		if err != nil {
			t.Fatalf("%s: %v", in.SKU, err)
		}
		if err := insert(t.Context(), s, p); err != nil {
			t.Fatalf("%s: %v", in.SKU, err)
		}
	}
}

// find answers the SKUs that a text finds, the best match first.
func find(t testing.TB, s *postgres.Store, text string) (skus []string, corrected string) {
	t.Helper()
	page, err := s.Products(t.Context(), catalog.Query{Filter: catalog.Filter{Text: text}, Sort: catalog.SortRelevance, Limit: 100})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	for _, d := range page.Items {
		skus = append(skus, product(t, d).SKU)
	}
	return skus, page.Corrected
}

func TestSearchFindsWordsInEveryForm(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	stock(t, s, shelf)
	for text, want := range map[string]string{
		"kettle":               "KET-17 KET-18 TEA-1 TEA-2", // names before brands before descriptions
		"KETTLES":              "KET-17 KET-18 TEA-1 TEA-2",
		"steel kettle":         "KET-17", // every word must occur
		"kettle steel":         "KET-17",
		"ket":                  "KET-17 KET-18 TEA-1 TEA-2", // the last word may go on
		"ket steel":            "KET-17",                    // the others may not, but kettle may be meant
		"ke":                   "",                          // two letters begin too much
		"creme brulee":         "CREME",
		"crème brûlée":         "CREME",
		"astrom":               "CREME",
		"чайник":               "RU-1 RU-2",
		"чайники":              "RU-1 RU-2",
		"чайников":             "RU-1 RU-2",
		"елка":                 "RU-1",
		"ЁЛКА":                 "RU-1",
		"красными":             "RU-1",
		"t-shirt":              "SHIRT",
		"shirt navy":           "SHIRT",
		"ac/dc":                "SHIRT",
		"o'reilly":             "SHIRT",
		"O’Reilly cotton":      "SHIRT",
		"26cm skillet":         "MIX-26cm",
		"cast iron":            "MIX-26cm",
		"1.7":                  "KET-17 RU-1",
		"9312345678907":        "KET-17",
		"KET-17":               "KET-17",
		"steel":                "steel KET-17", // the SKU first
		"odd sku: (a|b) & 'c'": "odd sku: (a|b) & 'c'",
		"xylophone":            "",
		"!!!":                  "",
		"'":                    "",
	} {
		got, _ := find(t, s, text)
		wanted := strings.Fields(want)
		if strings.HasPrefix(want, "odd") {
			wanted = []string{want}
		}
		// What is as good a match may come in any order.
		sorted := slices.Sorted(slices.Values(got))
		if !slices.Equal(sorted, slices.Sorted(slices.Values(wanted))) || text == "steel" && !slices.Equal(got, wanted) {
			t.Errorf("%q finds %q, want %q", text, got, wanted)
		}
	}
	got, _ := find(t, s, "kettle")
	if len(got) == 4 && (got[2] != "TEA-1" || got[3] != "TEA-2") {
		t.Errorf("brand and description do not weigh less than the name: %q", got)
	}
}

func TestTypingErrorsAreCorrected(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	stock(t, s, shelf)
	for text, want := range map[string]struct{ corrected, first string }{
		"ketle":           {"kettle", "KET-17"},
		"stel kettle":     {"steel kettle", "KET-17"},
		"creme brule":     {"", "CREME"}, // the beginning of a word is no error
		"чайнк":           {"чайник", "RU-1"},
		"skilet castiron": {"skillet cast", "MIX-26cm"},
		"teapot kettle":   {"", "TEA-1"},
		"steel teapot":    {"", ""}, // each occurs, and no product has both
		"qqqqqq":          {"", ""},
	} {
		got, corrected := find(t, s, text)
		if corrected != want.corrected || len(got) == 0 && want.first != "" {
			t.Errorf("%q is corrected to %q and finds %q, want %q and %s", text, corrected, got, want.corrected, want.first)
		}
	}
}

// TestSearchWithFiltersAndOrders: what a text finds is filtered and sorted as
// a list is.
func TestSearchWithFiltersAndOrders(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var products []catalog.ProductInput
	for i := range 40 {
		products = append(products, catalog.ProductInput{
			SKU: fmt.Sprintf("L-%02d", i), Name: fmt.Sprintf("Lamp %c", 'Z'-i%20), Brand: ptr(fmt.Sprintf("B%d", i%3)), Stock: i % 2,
			Price: &catalog.Money{Amount: fmt.Sprint(i % 7), Currency: "AUD"},
		})
	}
	stock(t, s, products)
	all := oracle(t, s)
	for _, sort := range []catalog.Sort{catalog.SortID, catalog.SortName, catalog.SortPrice, catalog.SortUpdated} {
		for _, f := range []catalog.Filter{{}, {Brand: "B1"}, {InStock: ptr(true)}, {PriceFrom: "2", PriceTo: "4"}} {
			f.Text = "lamp"
			for _, limit := range []int{3, 100} {
				wantList(t, s, catalog.Query{Filter: f, Sort: sort, Limit: limit}, all)
			}
		}
	}
}

// FuzzSearch: no text is an error, whatever it is asked together with.
func FuzzSearch(f *testing.F) {
	for _, text := range []string{
		"kettle", "чайник", "a & b | !c <-> d:*", `\`, `'`, `''`, `:*`, "(", "a\\'b", "%_", "1e400", "-1.5", "a/b/c.html", "http://x.y/z?a=b#c",
		"x@y.z", "<b>a</b>", "&amp;", "Ⅷ ½ ﬁ ﷺ", "e\u0301", "\u200b", "🫖", "İ", "ß", strings.Repeat("x", 3000), strings.Repeat("a ", 1000), "\t\n",
	} {
		f.Add(text)
	}
	s := newStore(f)
	stock(f, s, shelf)
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
		if text == "" {
			t.Skip("no text is no search")
		}
		for _, sort := range []catalog.Sort{catalog.SortRelevance, catalog.SortName, catalog.SortPrice, catalog.SortUpdated, catalog.SortID} {
			if _, err := s.Products(t.Context(), catalog.Query{Filter: catalog.Filter{Text: text}, Sort: sort, Limit: 3}); err != nil {
				t.Fatalf("%q by %q: %v", text, sort, err)
			}
		}
		q := catalog.SummaryQuery{Filter: catalog.Filter{Text: text}, Facets: catalog.FacetNames, Total: catalog.TotalEstimate}
		if _, err := s.Summarize(t.Context(), q); err != nil {
			t.Fatalf("%q counted: %v", text, err)
		}
	})
}

// TestLongestTextsAreFound: the bounds of PostgreSQL's lexemes are not errors.
func TestLongestTextsAreFound(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	stock(t, s, []catalog.ProductInput{
		{SKU: "giant", Name: strings.Repeat("ж", 500), Description: strings.Repeat("ы", 20_000), Brand: ptr(strings.Repeat("b", 200))},
		{SKU: "many", Name: "Many words", Description: strings.TrimSpace(strings.Repeat("слово ", 3000))},
	})
	if got, _ := find(t, s, "слово many"); !slices.Equal(got, []string{"many"}) {
		t.Errorf("found %q", got)
	}
	if got, _ := find(t, s, strings.Repeat("ж", 200)); !slices.Equal(got, []string{"giant"}) {
		t.Errorf("the beginning of a giant word finds %q", got)
	}
}
