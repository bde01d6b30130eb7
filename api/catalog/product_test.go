package catalog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"catalog/api/catalog"
)

func ptr[T any](v T) *T { return &v }

// pointers are where an error finds violations, in its order.
func pointers(t *testing.T, err error) []string {
	t.Helper()
	var invalid *catalog.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("the error is %v, not an InvalidError", err)
	}
	var all []string
	for _, v := range invalid.Violations {
		if v.Detail == "" {
			t.Errorf("the violation at %s says nothing", v.Pointer)
		}
		all = append(all, v.Pointer)
	}
	return all
}

func wantViolations(t *testing.T, err error, want ...string) {
	t.Helper()
	if got := pointers(t, err); !reflect.DeepEqual(got, want) {
		t.Errorf("violations at %q, want %q: %v", got, want, err)
	}
}

func TestNewProductSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	in := catalog.ProductInput{
		SKU:         " A-1",
		GTIN:        ptr("123456789"),
		Name:        " \t ",
		Description: strings.Repeat("x", 20_001),
		Brand:       ptr(strings.Repeat("б", 201)),
		Category:    ptr("a\x00b"),
		Attributes:  map[string]string{"size/eu": "\x1b[31m", "a~b": "\xff", "": "x", "colour": strings.Repeat("c", 501), "fine": ""},
		Images:      []string{"https://img.example/1.jpg", "", strings.Repeat("i", 2_001)},
		Price:       &catalog.Money{Amount: "1", Currency: "gold"},
		Stock:       -1,
		Status:      "sold",
	}
	want := []string{
		"/sku", "/name", "/description", "/brand", "/category", "/gtin",
		"/attributes/", "/attributes/a~0b", "/attributes/colour", "/attributes/size~1eu",
		"/images/1", "/images/2", "/price", "/stock", "/status",
	}
	_, first := catalog.NewProduct(in, time.Now())
	wantViolations(t, first, want...)
	for range 20 { // a map's order must not show
		if _, again := catalog.NewProduct(in, time.Now()); again.Error() != first.Error() {
			t.Fatalf("the same document got two answers:\n%v\n%v", first, again)
		}
	}
}

func TestNewProductBounds(t *testing.T) {
	t.Parallel()
	many := func(n int) (attributes map[string]string, images []string) {
		attributes = map[string]string{}
		for i := range n {
			attributes[fmt.Sprint("a", i)] = "v"
			images = append(images, fmt.Sprint("https://img.example/", i))
		}
		return attributes, images
	}
	attributes100, _ := many(100)
	attributes101, _ := many(101)
	_, images50 := many(50)
	_, images51 := many(51)
	for _, c := range []struct {
		pointer string
		change  func(in *catalog.ProductInput)
		ok      bool
	}{
		{"/sku", func(in *catalog.ProductInput) { in.SKU = strings.Repeat("я", 64) }, true}, // characters, not bytes
		{"/sku", func(in *catalog.ProductInput) { in.SKU = strings.Repeat("я", 65) }, false},
		{"/sku", func(in *catalog.ProductInput) { in.SKU = "" }, false},
		{"/name", func(in *catalog.ProductInput) { in.Name = strings.Repeat("n", 500) }, true},
		{"/name", func(in *catalog.ProductInput) { in.Name = strings.Repeat("n", 501) }, false},
		{"/name", func(in *catalog.ProductInput) { in.Name = "a\u0085b" }, false},
		{"/description", func(in *catalog.ProductInput) { in.Description = "one\ttwo\r\nthree " }, true},
		{"/description", func(in *catalog.ProductInput) { in.Description = "one\x07" }, false},
		{"/gtin", func(in *catalog.ProductInput) { in.GTIN = ptr("96385074") }, true},
		{"/gtin", func(in *catalog.ProductInput) { in.GTIN = ptr("036000291452") }, true},
		{"/gtin", func(in *catalog.ProductInput) { in.GTIN = ptr("4006381333931") }, true},
		{"/gtin", func(in *catalog.ProductInput) { in.GTIN = ptr("10012345678902") }, true},
		{"/gtin", func(in *catalog.ProductInput) { in.GTIN = ptr("12345678901") }, false},
		{"/gtin", func(in *catalog.ProductInput) { in.GTIN = ptr("1234567A") }, false},
		{"/gtin", func(in *catalog.ProductInput) { in.GTIN = ptr("96385074\n") }, false},
		{"/attributes", func(in *catalog.ProductInput) { in.Attributes = attributes100 }, true},
		{"/attributes", func(in *catalog.ProductInput) { in.Attributes = attributes101 }, false},
		{"/images", func(in *catalog.ProductInput) { in.Images = images50 }, true},
		{"/images", func(in *catalog.ProductInput) { in.Images = images51 }, false},
		{"/stock", func(in *catalog.ProductInput) { in.Stock = 1_000_000_000 }, true},
		{"/stock", func(in *catalog.ProductInput) { in.Stock = 1_000_000_001 }, false},
		{"/status", func(in *catalog.ProductInput) { in.Status = catalog.StatusArchived }, true},
		{"/status", func(in *catalog.ProductInput) { in.Status = "Active" }, false},
	} {
		in := catalog.ProductInput{SKU: "A-1", Name: "Kettle"}
		c.change(&in)
		_, err := catalog.NewProduct(in, time.Now())
		switch {
		case !c.ok:
			wantViolations(t, err, c.pointer)
		case err != nil:
			t.Errorf("%s: %v", c.pointer, err)
		}
	}
}

func TestNewProductNormalizes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 30, 0, 123456789, time.FixedZone("AEDT", 11*3600))
	p, err := catalog.NewProduct(catalog.ProductInput{
		SKU: "A-1", Name: "  Чайник \n", GTIN: ptr(""), Brand: ptr(""), Category: ptr(""),
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "Чайник" || p.Status != catalog.StatusActive || p.Version != 1 {
		t.Errorf("name %q, status %q, version %d", p.Name, p.Status, p.Version)
	}
	if p.GTIN != nil || p.Brand != nil || p.Category != nil || p.Price != nil {
		t.Errorf("what was given empty is not null: %+v", p)
	}
	want := time.Date(2026, 2, 28, 22, 30, 0, 123456000, time.UTC)
	if !p.CreatedAt.Equal(want) || p.CreatedAt.Location() != time.UTC || p.UpdatedAt != p.CreatedAt {
		t.Errorf("created %v, updated %v: want %v, as PostgreSQL keeps it", p.CreatedAt, p.UpdatedAt, want)
	}
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"attributes":{}`, `"images":[]`, `"price":null`} {
		if !strings.Contains(string(body), part) {
			t.Errorf("%s is not in %s", part, body)
		}
	}
}

// TestIDsSortByCreation: the keyset cursor relies on it.
func TestIDsSortByCreation(t *testing.T) {
	t.Parallel()
	last := ""
	for range 1000 {
		p, err := catalog.NewProduct(catalog.ProductInput{SKU: "A-1", Name: "Kettle"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if p.ID.Version() != 7 || p.ID.String() <= last {
			t.Fatalf("%s (version %d) follows %s", p.ID, p.ID.Version(), last)
		}
		last = p.ID.String()
	}
}

// FuzzNewProduct: what is taken can be stored and read back by any client, and
// is taken again unchanged.
func FuzzNewProduct(f *testing.F) {
	f.Add("A-1", "Kettle", "steel", "96385074", "kitchen", "colour", "red", "active", 3)
	f.Add(" ", "\t", "\x00", "", "", "", "", "", -1)
	f.Add("a\u2028b", " Чайник ", "\ufeff", "1", "a/b", "~/", "\xff", "draft", 1<<40)
	f.Fuzz(func(t *testing.T, sku, name, description, gtin, category, attribute, value, status string, stock int) {
		in := catalog.ProductInput{
			SKU: sku, Name: name, Description: description, GTIN: &gtin, Category: &category,
			Attributes: map[string]string{attribute: value}, Stock: stock, Status: status,
		}
		p, err := catalog.NewProduct(in, time.Now())
		if err != nil {
			if len(pointers(t, err)) == 0 {
				t.Errorf("refused without a reason: %v", err)
			}
			return
		}
		for _, s := range []string{p.SKU, p.Name, p.Description, attribute, value} {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Errorf("%q cannot be stored", s)
			}
		}
		again, err := catalog.NewProduct(catalog.ProductInput{
			SKU: p.SKU, Name: p.Name, Description: p.Description, GTIN: p.GTIN, Category: p.Category,
			Attributes: p.Attributes, Stock: p.Stock, Status: p.Status,
		}, p.CreatedAt)
		again.ID = p.ID
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%+v\nbecame %+v, %v", p, again, err)
		}
	})
}
