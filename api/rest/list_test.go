package rest_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"catalog/api/catalog"
)

// lastAsked is what the store was asked for last.
func (m *memoryStore) lastAsked() (catalog.Query, catalog.SummaryQuery) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked, m.counted
}

func TestListParametersReachTheStore(t *testing.T) {
	t.Parallel()
	f := serve(t)
	yes, no := true, false
	type filter = catalog.Filter
	for query, want := range map[string]catalog.Query{
		"":                       {},
		"limit=20":               {},
		"limit=1":                {Limit: 1},
		"limit=100":              {Limit: 100},
		"q=+steel%20kettle%0A":   {Filter: filter{Text: "steel kettle"}, Sort: catalog.SortRelevance},
		"q=x&sort=relevance":     {Filter: filter{Text: "x"}, Sort: catalog.SortRelevance},
		"q=x&sort=name":          {Filter: filter{Text: "x"}, Sort: catalog.SortName},
		"q=%20&category=&brand=": {}, // what is empty filters nothing
		"sku=":                   {},
		"sort=name":              {Sort: catalog.SortName},
		"sort=-price":            {Sort: catalog.SortPrice},
		"sort=-updated_at":       {Sort: catalog.SortUpdated},
		"sku=A%2F1":              {Filter: filter{SKU: "A/1"}},
		"category=kitchen%2Fч":   {Filter: filter{Category: "kitchen/ч"}},
		"brand=+Bilby+%26+Co":    {Filter: filter{Brand: " Bilby & Co"}},
		"in_stock=true":          {Filter: filter{InStock: &yes}},
		"in_stock=false":         {Filter: filter{InStock: &no}},
		"price_gte=0":            {Filter: filter{PriceFrom: "0"}},
		"price_gte=10&price_lte=999999999999.9999": {Filter: filter{PriceFrom: "10", PriceTo: "999999999999.9999"}},
		"attr.size=10&attr.Colour=red,blue,red": {Filter: filter{Attributes: []catalog.AttributeFilter{
			{Name: "Colour", Values: []string{"blue", "red"}}, {Name: "size", Values: []string{"10"}},
		}}},
		"attr.a.b%3D=": {Filter: filter{Attributes: []catalog.AttributeFilter{{Name: "a.b=", Values: []string{""}}}}},
		"fields=sku&facets=brand&total=none&limit=7": {Limit: 7},
		"q=" + strings.Repeat("%D1%8F", 200):         {Filter: filter{Text: strings.Repeat("я", 200)}, Sort: catalog.SortRelevance},
	} {
		if want.Limit == 0 {
			want.Limit = catalog.DefaultLimit
		}
		a := f.get("/api/v1/products?" + query)
		if got, _ := f.store.lastAsked(); a.StatusCode != http.StatusOK || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s, the store is asked for %+v, want %+v", query, a.Status, got, want)
		}
	}
}

func TestListParametersAreBounded(t *testing.T) {
	t.Parallel()
	f := serve(t)
	f.store.before = unreached(t)
	for parameter, values := range map[string][]string{
		"limit":         {"+5", "１０", "0", "101", "65537", "4294967297"},
		"sort":          {"", "price", "Name", "id", "relevance", "name,-price", "-name"},
		"fields":        {"", "sku,", ",", "SKU", "sku,colour", "sku name", "sku, name", "*"},
		"facets":        {"", "brand,", "colour", "brand;price", "Brand"},
		"total":         {"", "all", "true", "Exact", "exact,none"},
		"price_gte":     {"", "-1", "+1", "1,5", "1.", ".5", "1e3", "0x1", "NaN", "Infinity", " 1", "1\n", "1234567890123", "1.00001", "１"},
		"price_lte":     {"", "-1", "free"},
		"in_stock":      {"", "1", "TRUE", "yes", "true,false"},
		"q":             {strings.Repeat("я", 201), "a\x00b", "\xff"},
		"brand":         {"a\x00b", "\xff"},
		"sku":           {"a\x00b", "\xff"},
		"attr.colour":   {"\xff", "red,\x00", strings.Repeat("x,", 50)},
		"attr.":         {"red"},
		"attr":          {"red"},
		"attrib.colour": {"red"},
	} {
		for _, value := range values {
			a := f.get("/api/v1/products?" + parameter + "=" + url.QueryEscape(value))
			p := wantProblem(t, a, http.StatusBadRequest, "bad_parameter", "?"+parameter)
			if !strings.Contains(p.Detail, strings.TrimSuffix(parameter, "colour")) {
				t.Errorf("%s=%q: %q does not name the parameter", parameter, value, p.Detail)
			}
		}
	}
	together := "attr.a=" + strings.Repeat("x,", 24) + "x&attr.b=" + strings.Repeat("y,", 25) + "y"
	wantProblem(t, f.get("/api/v1/products?"+together), http.StatusBadRequest, "bad_parameter", "?attr.b")
}

// TestUnknownParametersAreNamedInTheirOrder: the same request, the same answer.
func TestUnknownParametersAreNamedInTheirOrder(t *testing.T) {
	t.Parallel()
	f := serve(t)
	for range 20 {
		wantProblem(t, f.get("/api/v1/products?z=1&colour=2&limit=0&size=3&a=4"), http.StatusBadRequest, "bad_parameter", "?a")
	}
	p := wantProblem(t, f.get("/api/v1/products?colour=red"), http.StatusBadRequest, "bad_parameter", "?colour")
	if !strings.Contains(p.Detail, "attr.<name>") || !strings.Contains(p.Detail, "facets") {
		t.Errorf("%q does not say what is known", p.Detail)
	}
}
