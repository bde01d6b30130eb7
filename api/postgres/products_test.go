package postgres_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

func ptr[T any](v T) *T { return &v }

func newProduct(t *testing.T, in catalog.ProductInput) catalog.Product {
	t.Helper()
	p, err := catalog.NewProduct(in, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wantInvalid wants one violation at this pointer.
func wantInvalid(t *testing.T, err error, pointer string) {
	t.Helper()
	var invalid *catalog.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Violations) != 1 || invalid.Violations[0].Pointer != pointer {
		t.Errorf("the answer is %v, want one violation at %s", err, pointer)
	}
}

// TestProductIsReadAsItWasWritten: in every script that a customer may write.
func TestProductIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	putCategory(t, s, "кухня/чайники", "")
	for _, in := range []catalog.ProductInput{
		{SKU: "bare", Name: "Bare"},
		{
			SKU: "ЧАЙ-1", Name: "Чайник «Ёлка» 1,7 л", Description: "Сталь.\nОбъём 1,7 л\t— ’; DROP TABLE product; --",
			GTIN: ptr("4006381333931"), Brand: ptr("Зубр"), Category: ptr("кухня/чайники"),
			Attributes: map[string]string{"цвет": "красный", "a\"b": `\u0000 is text`, "empty": "", "emoji": "🫖"},
			Images:     []string{"https://img.example/чайник.jpg", "https://img.example/2.jpg"},
			Price:      &catalog.Money{Amount: "1999.9", Currency: "AUD"}, Stock: 1_000_000_000, Status: catalog.StatusDraft,
		},
		{SKU: "yen", Name: "No decimals", Price: &catalog.Money{Amount: "1500", Currency: "JPY"}},
		{SKU: "clf", Name: "Four decimals", Price: &catalog.Money{Amount: "999999999999.9999", Currency: "CLF"}},
		{SKU: "free", Name: "Costs nothing", Price: &catalog.Money{Amount: "0", Currency: "AUD"}},
	} {
		want := newProduct(t, in)
		if err := insert(t.Context(), s, want); err != nil {
			t.Fatalf("%s: %v", in.SKU, err)
		}
		got, err := read(t, s, want.ID)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("written %+v\nread    %+v, %v", want, got, err)
		}
	}
}

func TestProductThatDoesNotExist(t *testing.T) {
	t.Parallel()
	s := open(t, optionsFor(shared))
	if p, err := s.Product(t.Context(), uuid.New()); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestDuplicateSKUIsRefused(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first := create(t, s, "A-1", nil)
	second := newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Another"})
	if err := insert(t.Context(), s, second); !errors.Is(err, catalog.ErrDuplicateSKU) {
		t.Errorf("the second A-1: %v", err)
	}
	if got, err := read(t, s, first.ID); err != nil || got.Name != first.Name {
		t.Errorf("the first A-1 became %+v, %v", got, err)
	}
	create(t, s, "a-1", nil) // a SKU is what is written, capitals and all
}

func TestOneOfManyAtOnceGetsTheSKU(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	answers := make([]error, 12)
	var group sync.WaitGroup
	for i := range answers {
		p := newProduct(t, catalog.ProductInput{SKU: "contested", Name: "Product"})
		group.Go(func() { answers[i] = insert(t.Context(), s, p) })
	}
	group.Wait()
	created := 0
	for _, err := range answers {
		switch {
		case err == nil:
			created++
		case !errors.Is(err, catalog.ErrDuplicateSKU):
			t.Error(err)
		}
	}
	if created != 1 {
		t.Errorf("%d products got the SKU", created)
	}
}

func TestUnknownCategoryIsRefused(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle", Category: ptr("nowhere")})
	wantInvalid(t, insert(t.Context(), s, p), "/category")
	if _, err := s.Product(t.Context(), p.ID); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("it was stored all the same: %v", err)
	}
}

// product reads a document.
func product(t testing.TB, d catalog.Document) (p catalog.Product) {
	t.Helper()
	if err := json.Unmarshal(d.JSON, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// pages walks a listing from its beginning to its end, and answers the SKUs.
func pages(t *testing.T, s catalog.Store, category string, limit int, between func()) []string {
	t.Helper()
	var skus []string
	q := catalog.Query{Filter: catalog.Filter{Category: category}, Limit: limit}
	for {
		page, err := s.Products(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Next != nil && len(page.Items) != limit || len(page.Items) > limit {
			t.Fatalf("a page of %d has %d items, next is %v", limit, len(page.Items), page.Next)
		}
		for _, d := range page.Items {
			skus = append(skus, product(t, d).SKU)
		}
		if page.Next == nil {
			return skus
		}
		q.After = page.Next
		if between != nil {
			between()
		}
	}
}

// TestPagingHasNoGapsAndNoDuplicates: whatever the page's size, over the
// whole table and over a category with all that lies below it.
func TestPagingHasNoGapsAndNoDuplicates(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	// "home" and "homeware" share a beginning, not a subtree.
	for _, c := range [][2]string{{"home", ""}, {"kitchen", "home"}, {"kettles", "kitchen"}, {"homeware", ""}, {"empty", "home"}} {
		putCategory(t, s, c[0], c[1])
	}
	below := map[string][]string{
		"home": {"home", "kitchen", "kettles"}, "kitchen": {"kitchen", "kettles"}, "kettles": {"kettles"},
		"homeware": {"homeware"}, "empty": nil, "nowhere": nil,
	}
	of := map[string][]string{}
	var all []string
	for i := range 60 {
		sku := fmt.Sprintf("sku-%02d", (i*37)%60) // the order is the ids', not the SKUs'
		category := []string{"home", "kitchen", "kettles", "homeware", ""}[i%5]
		create(t, s, sku, func(in *catalog.ProductInput) { in.Category = ptr(category) })
		of[category], all = append(of[category], sku), append(all, sku)
	}
	for _, limit := range []int{1, 7, 12, 60, 100} {
		if got := pages(t, s, "", limit, nil); !slices.Equal(got, all) {
			t.Errorf("pages of %d: %q\nwant %q", limit, got, all)
		}
		for category, subtree := range below {
			var want []string
			for _, sku := range all {
				if slices.ContainsFunc(subtree, func(c string) bool { return slices.Contains(of[c], sku) }) {
					want = append(want, sku)
				}
			}
			if got := pages(t, s, category, limit, nil); !slices.Equal(got, want) {
				t.Errorf("%s in pages of %d: %q\nwant %q", category, limit, got, want)
			}
		}
	}
}

// TestPagingSeesWhatIsAddedMeanwhileOnce: a new product comes at the end.
func TestPagingSeesWhatIsAddedMeanwhileOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var want []string
	add := func() {
		sku := fmt.Sprintf("sku-%d", len(want))
		create(t, s, sku, nil)
		want = append(want, sku)
	}
	for range 9 {
		add()
	}
	late := 3
	got := pages(t, s, "", 3, func() {
		if late--; late >= 0 {
			add()
		}
	})
	if !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

// TestFilterIsNoSQL: a filter comes from a URL as it is.
func TestFilterIsNoSQL(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	create(t, s, "A-1", nil)
	for _, category := range []string{"' OR 1=1 --", `\`, "%", "_", strings.Repeat("x", 8000)} {
		if got := pages(t, s, category, 10, nil); len(got) != 0 {
			t.Errorf("category %.20q lists %q", category, got)
		}
	}
}
