package catalog

import (
	"testing"
	"time"
)

// TestAspectsSinceSaysWhatDiffers: nothing that a list depends on is missed.
func TestAspectsSinceSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	base := ProductInput{
		SKU: "A", Name: "Kettle", Description: "hot", GTIN: text("12345678"), Brand: text("Acme"), Category: text("kitchen"),
		Attributes: map[string]string{"colour": "red"}, Price: &Money{Amount: "3.00", Currency: "AUD"}, Stock: 5,
	}
	before, err := NewProduct(base, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]struct {
		edit func(*ProductInput)
		want Aspects
	}{
		"nothing":        {func(*ProductInput) {}, Updated},
		"more stock":     {func(p *ProductInput) { p.Stock = 6 }, Updated},
		"no stock":       {func(p *ProductInput) { p.Stock = 0 }, Updated | Stocked},
		"status":         {func(p *ProductInput) { p.Status = "archived" }, Updated},
		"images":         {func(p *ProductInput) { p.Images = []string{"https://images.example/1"} }, Updated},
		"price":          {func(p *ProductInput) { p.Price = &Money{Amount: "4.00", Currency: "AUD"} }, Updated | Priced},
		"currency":       {func(p *ProductInput) { p.Price = &Money{Amount: "3.00", Currency: "NZD"} }, Updated | Priced},
		"no price":       {func(p *ProductInput) { p.Price = nil }, Updated | Priced},
		"SKU":            {func(p *ProductInput) { p.SKU = "B" }, Updated | Placed},
		"name":           {func(p *ProductInput) { p.Name = "Pot" }, Updated | Placed},
		"description":    {func(p *ProductInput) { p.Description = "cold" }, Updated | Placed},
		"GTIN":           {func(p *ProductInput) { p.GTIN = text("87654321") }, Updated | Placed},
		"no GTIN":        {func(p *ProductInput) { p.GTIN = nil }, Updated | Placed},
		"brand":          {func(p *ProductInput) { p.Brand = text("Other") }, Updated | Placed},
		"no brand":       {func(p *ProductInput) { p.Brand = nil }, Updated | Placed},
		"category":       {func(p *ProductInput) { p.Category = text("garden") }, Updated | Placed},
		"attribute":      {func(p *ProductInput) { p.Attributes = map[string]string{"colour": "blue"} }, Updated | Placed},
		"stock and name": {func(p *ProductInput) { p.Stock, p.Name = 0, "Pot" }, Updated | Placed | Stocked},
	} {
		in := before.Input()
		change.edit(&in)
		after, err := before.With(in, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got := after.AspectsSince(before); got != change.want {
			t.Errorf("%s: the aspects are %04b, want %04b", name, got, change.want)
		}
	}
}

// TestAQueryDependsOnWhatItFiltersAndSortsBy, and every one on where products
// are.
func TestAQueryDependsOnWhatItFiltersAndSortsBy(t *testing.T) {
	t.Parallel()
	yes := true
	for _, q := range []struct {
		query Query
		want  Aspects
	}{
		{Query{}, Placed},
		{Query{Filter: Filter{Text: "kettle", Category: "kitchen", Brand: "Acme"}, Sort: SortRelevance}, Placed},
		{Query{Sort: SortName}, Placed},
		{Query{Sort: SortPrice}, Placed | Priced},
		{Query{Sort: SortUpdated}, Placed | Updated},
		{Query{Filter: Filter{PriceFrom: "1"}}, Placed | Priced},
		{Query{Filter: Filter{PriceTo: "1"}}, Placed | Priced},
		{Query{Filter: Filter{InStock: &yes}, Sort: SortPrice}, Placed | Priced | Stocked},
	} {
		if got := q.query.Aspects(); got != q.want {
			t.Errorf("%+v depends on %04b, want %04b", q.query, got, q.want)
		}
	}
}
