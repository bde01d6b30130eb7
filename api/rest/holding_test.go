package rest_test

import (
	"strings"
	"testing"

	"catalog/api/catalog"
)

// TestAChangeEndsTheListsThatItMayChange, this task's own and another's, and no
// others: stocks change all day, and lists are to stay in memory.
func TestAChangeEndsTheListsThatItMayChange(t *testing.T) {
	t.Parallel()
	lists := map[string]string{
		"products":   "/api/v1/products",
		"other":      "/api/v1/products?sku=A-2", // does not hold the product
		"by price":   "/api/v1/products?sku=A-2&sort=-price",
		"price":      "/api/v1/products?sku=A-2&price_gte=1",
		"in stock":   "/api/v1/products?sku=A-2&in_stock=true",
		"updated":    "/api/v1/products?sku=A-2&sort=-updated_at",
		"facets":     "/api/v1/products?sku=A-2&facets=price",
		"brands":     "/api/v1/products?sku=A-2&facets=brand",
		"categories": "/api/v1/categories",
	}
	for name, change := range map[string]struct {
		patch   string
		aspects catalog.Aspects
		ends    []string
	}{
		"more stock": {`{"stock":6}`, catalog.Updated, []string{"products", "updated"}},
		"no stock":   {`{"stock":0}`, catalog.Updated | catalog.Stocked, []string{"products", "updated", "in stock"}},
		"price": {
			`{"price":{"amount":"3","currency":"AUD"}}`, catalog.Updated | catalog.Priced,
			[]string{"products", "updated", "by price", "price", "facets"},
		},
		"name": {`{"name":"Pot"}`, catalog.Updated | catalog.Placed, []string{
			"products", "other", "by price", "price", "in stock", "updated", "facets", "brands", "categories",
		}},
	} {
		for _, own := range []bool{true, false} {
			store := &memoryStore{}
			d := keeping(t, store, 1<<20)
			product := d.create(`{"sku":"A-1","name":"Kettle","stock":5}`)
			d.create(`{"sku":"A-2","name":"Kettle"}`)
			for _, path := range lists {
				d.get(path)
			}
			if own {
				d.want(200, "", "PATCH", product, change.patch, "If-Match", "*")
			} else {
				d.server.Changed(catalog.Change{IDs: []string{strings.TrimPrefix(product, "/api/v1/products/")}, Aspects: change.aspects})
			}
			for list, path := range lists {
				before := store.askedFor()
				d.get(path)
				asked, ends := store.askedFor() > before, false
				for _, e := range change.ends {
					ends = ends || e == list
				}
				if asked != ends {
					t.Errorf("%s, own %v: %s asks the store: %v, want %v", name, own, list, asked, ends)
				}
			}
		}
	}
}
