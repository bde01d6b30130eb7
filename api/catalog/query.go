package catalog

import (
	"encoding/json"

	"github.com/google/uuid"
)

// Filter says which products are meant; the zero Filter means all.
type Filter struct {
	// Text keeps the products that hold every word of it, the last one perhaps
	// only begun, or whose SKU or GTIN it is.
	Text string
	// SKU keeps the one product that has it.
	SKU string
	// Category keeps the products of this category and all below it.
	Category string
	Brand    string
	// Attributes keeps the products whose attribute of each name has one of
	// the values.
	Attributes []AttributeFilter
	// PriceFrom and PriceTo are decimal amounts, inclusive, whatever the
	// currency; "" is no bound. A product without a price is in no range.
	PriceFrom, PriceTo string
	// InStock keeps what is in stock, or what is not.
	InStock *bool
}

// AttributeFilter keeps the products whose attribute has one of the values.
type AttributeFilter struct {
	Name   string
	Values []string
}

// Sort is the order of a list. The id breaks ties.
type Sort string

// The orders of a list. The zero Sort is by id: the order of creation.
const (
	SortID        Sort = ""
	SortName      Sort = "name"        // without regard to capitals
	SortPrice     Sort = "-price"      // the dearest first, the unpriced last
	SortUpdated   Sort = "-updated_at" // the latest first
	SortRelevance Sort = "relevance"   // SKU and GTIN first, then the best match
)

// Sorts are the orders by the names that clients use.
var Sorts = []Sort{SortName, SortPrice, SortUpdated, SortRelevance}

// Position is a place in a list: behind the product that had this key, in the
// list's order, and this id. It stays valid when the product changes or goes.
type Position struct {
	Key string
	ID  uuid.UUID
}

// Query asks for one page of products.
type Query struct {
	Filter
	Sort Sort
	// After is where the page begins; nil is the beginning.
	After *Position
	// Limit is the page's size, MinLimit to MaxLimit.
	Limit int
}

// Bounds of a page's size.
const (
	MinLimit     = 1
	MaxLimit     = 100
	DefaultLimit = 20
)

// Page is what a query answers.
type Page struct {
	Items []Document
	// Next is where the next page begins; nil on the last one.
	Next *Position
	// Corrected is the text that was searched for instead of the filter's,
	// whose words occur nowhere; "" where it was searched for as it stands.
	Corrected string
}

// Candidates is how many products that match a text are ranked, sorted and
// counted at most, so that a common word costs what a rare one does.
const Candidates = 5000

// Total says how exactly products are counted.
type Total string

// TotalEstimate counts exactly up to Candidates and estimates above.
const (
	TotalNone     Total = "none"
	TotalEstimate Total = "estimate"
	TotalExact    Total = "exact"
)

// Facets that can be asked for.
const (
	FacetBrand    = "brand"
	FacetCategory = "category"
	FacetPrice    = "price"
)

// FacetNames are all of them.
var FacetNames = []string{FacetBrand, FacetCategory, FacetPrice}

// SummaryQuery asks for counts over the products of a filter.
type SummaryQuery struct {
	Filter
	Facets []string
	Total  Total
}

// Summary is what it answers. Each facet leaves out its own filter, so that a
// client sees what other choices there are, and counts at most Candidates
// products.
type Summary struct {
	Total  *int64
	Facets map[string][]FacetValue
}

// FacetValue is one value of a facet and how many products have it. A price
// facet has ranges instead, from GTE up to but without LT, which is nil where
// the range has no end.
type FacetValue struct {
	Value   string
	GTE, LT *string
	Count   int64
}

// MarshalJSON writes a range or a value: all members of the one, none of the
// other.
func (v FacetValue) MarshalJSON() ([]byte, error) {
	if v.GTE != nil {
		return json.Marshal(struct {
			GTE   string  `json:"gte"`
			LT    *string `json:"lt"`
			Count int64   `json:"count"`
		}{*v.GTE, v.LT, v.Count})
	}
	return json.Marshal(struct {
		Value string `json:"value"`
		Count int64  `json:"count"`
	}{v.Value, v.Count})
}
