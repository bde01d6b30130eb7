package postgres_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

var buffersRead = regexp.MustCompile(`Buffers: shared hit=(\d+)(?: read=(\d+))?`)

// buffersOf is how many pages of the database the server reads for a page of a
// list, all nodes of the plan together.
func buffersOf(t *testing.T, c *pgx.Conn, q catalog.Query) int {
	t.Helper()
	statement, args := postgres.StatementOf(q)
	rows, err := c.Query(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) "+statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	match := buffersRead.FindStringSubmatch(strings.Join(lines, "\n")) // the first is the whole plan's
	if match == nil {
		t.Fatalf("the plan says no buffers:\n%s", strings.Join(lines, "\n"))
	}
	hit, _ := strconv.Atoi(match[1])
	read, _ := strconv.Atoi(match[2])
	return hit + read
}

// TestACategorysPageCostsByItsCategories: 20 products or 900 in it, the first
// page or the last, and every product is on one page, in order.
func TestACategorysPageCostsByItsCategories(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	crowd(t, o, 10_000)
	s, c := open(t, o), raw(t, o)
	for _, category := range [][2]string{{"rest", ""}, {"large", ""}, {"large/one", "large"}, {"large/two", "large"}, {"small", ""}} {
		putCategory(t, s, category[0], category[1])
	}
	exec(t, c, `UPDATE product SET category_id = CASE WHEN n <= 20 THEN 'small' WHEN n > 920 THEN 'rest'
			ELSE (ARRAY ['large', 'large/one', 'large/two'])[1 + n % 3] END
		FROM (SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS n FROM product) AS numbered WHERE numbered.id = product.id`)
	exec(t, c, "VACUUM ANALYZE product")
	page := func(category string, after *catalog.Position) catalog.Query {
		return catalog.Query{Filter: catalog.Filter{Category: category}, Limit: 20, After: after}
	}
	var ids []string
	var last *catalog.Position
	for q := page("large", nil); ; q.After = last {
		found, err := s.Products(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range found.Items {
			ids = append(ids, item.ID.String())
		}
		if found.Next == nil {
			break
		}
		last = found.Next
	}
	if sorted := slices.Sorted(slices.Values(ids)); len(ids) != 900 || !slices.Equal(ids, slices.Compact(sorted)) {
		t.Errorf("the pages have %d products, %d of them different, want 900 in order", len(ids), len(slices.Compact(sorted)))
	}
	small := buffersOf(t, c, page("small", nil))
	for name, q := range map[string]catalog.Query{"the first page": page("large", nil), "the last page": page("large", last)} {
		if large := buffersOf(t, c, q); large > 3*small { // of three categories
			t.Errorf("%s of 900 products reads %d buffers, that of 20 reads %d", name, large, small)
		}
	}
}
