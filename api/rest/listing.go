package rest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"catalog/api/catalog"
)

// listing is what a request for a list of products asks for.
type listing struct {
	catalog.Query
	fields []string // nil: all
	facets []string
	total  catalog.Total
	// filters is what a cursor is bound to: everything that decides which
	// products are listed, and in which order.
	filters string
}

var listParameters = []string{
	"limit", "cursor", "sort", "fields", "q", "sku", "category", "brand", "attr.", "price_gte", "price_lte", "in_stock", "facets", "total",
}

// Bounds of a listing's parameters.
const (
	maxSearchText      = 200 // characters
	maxAttributeValues = 50  // over all attr. parameters
)

var decimal = regexp.MustCompile(`^\d{1,12}(\.\d{1,4})?$`)

// listing reads a request for products.
func (s *Server) listing(r *http.Request) (listing, error) {
	values, err := parameters(r, listParameters...)
	if err != nil {
		return listing{}, err
	}
	l := listing{Query: catalog.Query{Limit: catalog.DefaultLimit}}
	if l.Filter, err = filter(values); err != nil {
		return l, err
	}
	if l.Sort, err = order(values, l.Text); err != nil {
		return l, err
	}
	if err := l.shape(values); err != nil {
		return l, err
	}
	l.filters = describe(l.Query)
	cursor := values.Get("cursor")
	if cursor != "" {
		if l.After, err = s.cursors.decode(cursor, l.filters); err != nil {
			return l, err
		}
	}
	return l, nil
}

// shape reads what of the products is answered, and how many of them.
func (l *listing) shape(values url.Values) (err error) {
	if values.Has("limit") {
		limit, err := strconv.ParseUint(values.Get("limit"), 10, 16) // which takes no sign
		l.Limit = int(limit)
		if err != nil || l.Limit < catalog.MinLimit || l.Limit > catalog.MaxLimit {
			return badParameter("limit", fmt.Sprintf("limit must be a whole number from %d to %d", catalog.MinLimit, catalog.MaxLimit))
		}
	}
	if l.fields, err = someOf(values, "fields", productFields); err != nil {
		return err
	}
	if l.facets, err = someOf(values, "facets", catalog.FacetNames); err != nil {
		return err
	}
	total, err := oneOf(values, "total", string(catalog.TotalNone), string(catalog.TotalEstimate), string(catalog.TotalExact))
	l.total = catalog.Total(total)
	return err
}

// filter reads which products are meant.
func filter(values url.Values) (f catalog.Filter, err error) {
	f = catalog.Filter{
		Text: strings.TrimSpace(values.Get("q")), SKU: values.Get("sku"), Category: values.Get("category"), Brand: values.Get("brand"),
		PriceFrom: values.Get("price_gte"), PriceTo: values.Get("price_lte"),
	}
	if utf8.RuneCountInString(f.Text) > maxSearchText {
		return f, badParameter("q", fmt.Sprintf("q must be at most %d characters", maxSearchText))
	}
	for _, name := range []string{"price_gte", "price_lte"} {
		if values.Has(name) && !decimal.MatchString(values.Get(name)) {
			return f, badParameter(name, name+` must be a decimal amount like 19.90, with at most 4 decimals`)
		}
	}
	inStock, err := oneOf(values, "in_stock", "", "true", "false")
	if err != nil {
		return f, err
	}
	if inStock != "" {
		yes := inStock == "true"
		f.InStock = &yes
	}
	return f, attributes(values, &f)
}

// attributes reads the attr. parameters, in the order of their names.
func attributes(values url.Values, f *catalog.Filter) error {
	count := 0
	for _, name := range slices.Sorted(maps.Keys(values)) {
		attribute, ok := strings.CutPrefix(name, "attr.")
		if !ok {
			continue
		}
		alternatives := strings.Split(values.Get(name), ",")
		if count += len(alternatives); count > maxAttributeValues {
			return badParameter(name, fmt.Sprintf("attr. parameters must have at most %d values together", maxAttributeValues))
		}
		slices.Sort(alternatives)
		f.Attributes = append(f.Attributes, catalog.AttributeFilter{Name: attribute, Values: slices.Compact(alternatives)})
	}
	return nil
}

// order reads the list's order: where a text is searched for, by how well it
// matches unless said otherwise.
func order(values url.Values, text string) (catalog.Sort, error) {
	allowed := []string{string(catalog.SortID)}
	if text != "" {
		allowed[0] = string(catalog.SortRelevance)
	}
	for _, s := range catalog.Sorts {
		allowed = append(allowed, string(s))
	}
	name, err := oneOf(values, "sort", allowed...)
	if err != nil {
		return "", badParameter("sort", "sort must be one of name, -price, -updated_at, relevance")
	}
	if name == string(catalog.SortRelevance) && text == "" {
		return "", badParameter("sort", "sort=relevance needs a text to search for: give q as well")
	}
	return catalog.Sort(name), nil
}

// describe writes down what decides a list, the same for the same.
func describe(q catalog.Query) string {
	stock := ""
	if q.InStock != nil {
		stock = strconv.FormatBool(*q.InStock)
	}
	return fmt.Sprintf("%q %q %q %q %q %q %q %q %q", q.Sort, q.Text, q.SKU, q.Category, q.Brand, q.PriceFrom, q.PriceTo, stock, q.Attributes)
}
