package postgres_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// planOf is how the server answers a page.
func planOf(t *testing.T, c *pgx.Conn, q catalog.Query) string {
	t.Helper()
	statement, args := postgres.StatementOf(q)
	rows, err := c.Query(t.Context(), "EXPLAIN "+statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n")
}

// TestFewProductsAreNotLookedForAmongAll: the planner is told which category is
// meant, with all below it. Not knowing, it reads every product in the list's
// order until a page is full, which the few of a small category never make it.
func TestFewProductsAreNotLookedForAmongAll(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	crowd(t, o, 5000)
	s, c := open(t, o), raw(t, o)
	for _, category := range [][2]string{{"large", ""}, {"large/part", "large"}, {"rare", ""}, {"rare/part", "rare"}} {
		putCategory(t, s, category[0], category[1])
	}
	exec(t, c, "UPDATE product SET category_id = CASE WHEN right(sku, 3) = '999' THEN 'rare/part' ELSE 'large/part' END")
	exec(t, c, "UPDATE product SET brand = 'Rare' WHERE right(sku, 3) = '999'")
	exec(t, c, "UPDATE product SET attributes = '{\"colour\": \"rare\"}' WHERE right(sku, 3) = '999'")
	exec(t, c, "VACUUM ANALYZE product")
	for index, f := range map[string]catalog.Filter{
		"product_category": {Category: "rare"}, "product_brand": {Brand: "Rare"},
	} {
		for _, sort := range []catalog.Sort{catalog.SortName, catalog.SortPrice, catalog.SortUpdated} {
			if plan := planOf(t, c, catalog.Query{Filter: f, Sort: sort, Limit: 20}); !strings.Contains(plan, index) || strings.Contains(plan, "product_by_") {
				t.Errorf("%+v sorted by %q:\n%s", f, sort, plan)
			}
		}
		page, err := s.Products(t.Context(), catalog.Query{Filter: f, Sort: catalog.SortName, Limit: 20})
		if err != nil || len(page.Items) != 5 {
			t.Errorf("%+v has %d products, %v", f, len(page.Items), err)
		}
	}
	plan := planOf(t, c, catalog.Query{Filter: catalog.Filter{Category: "large"}, Sort: catalog.SortName, Limit: 20})
	if !strings.Contains(plan, "Index Scan using product_by_name") {
		t.Errorf("a large category by name:\n%s", plan)
	}
}
