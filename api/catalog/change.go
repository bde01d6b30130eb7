package catalog

import (
	"maps"
	"reflect"
)

// Aspects are what of products decides which lists they are in, and where.
type Aspects uint8

// Every list has a part in Placed. A new stock or price leaves most as they
// are, but for the products in them.
const (
	// Placed is whatever is not named below: a product came or went, or its SKU,
	// name, description, brand, category or attributes changed.
	Placed Aspects = 1 << iota
	// Priced is the price.
	Priced
	// Stocked is whether a product is in stock, not how much of it.
	Stocked
	// Updated is the time of the last change: every change has it.
	Updated

	// AllAspects are those of a change of which nothing more is known.
	AllAspects = Placed | Priced | Stocked | Updated
)

// Change is what readers who keep answers are told of.
type Change struct {
	// IDs are the products that changed; All means any of them.
	IDs []string
	All bool
	// Aspects are what changed of them, or of lists and categories.
	Aspects Aspects
}

// AspectsSince says what differs from an earlier version of the product.
func (p Product) AspectsSince(before Product) Aspects {
	aspects := Updated
	if p.SKU != before.SKU || p.Name != before.Name || p.Description != before.Description || !same(p.GTIN, before.GTIN) ||
		!same(p.Brand, before.Brand) || !same(p.Category, before.Category) || !maps.Equal(p.Attributes, before.Attributes) {
		aspects |= Placed
	}
	if !reflect.DeepEqual(p.Price, before.Price) {
		aspects |= Priced
	}
	if (p.Stock > 0) != (before.Stock > 0) {
		aspects |= Stocked
	}
	return aspects
}

func same(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// Aspects are those that an answer to the query depends on, besides the
// products that it holds.
func (q Query) Aspects() Aspects {
	aspects := q.Filter.Aspects()
	switch q.Sort {
	case SortPrice:
		aspects |= Priced
	case SortUpdated:
		aspects |= Updated
	}
	return aspects
}

// Aspects are those that decide which products the filter keeps.
func (f Filter) Aspects() Aspects {
	aspects := Placed
	if f.PriceFrom != "" || f.PriceTo != "" {
		aspects |= Priced
	}
	if f.InStock != nil {
		aspects |= Stocked
	}
	return aspects
}
