package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// TestStatementsPerRequest: one for a get, one or two for a list; a third only
// where a search found nothing, was corrected, and facets are asked for.
func TestStatementsPerRequest(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := create(t, s, "K-1", func(in *catalog.ProductInput) { in.Name = "Kettle" })
	lists := func(ctx context.Context, f catalog.Filter) error {
		sort := catalog.SortName
		if f.Text != "" {
			sort = catalog.SortRelevance
		}
		_, err := s.Products(ctx, catalog.Query{Filter: f, Sort: sort, Limit: 20})
		return err
	}
	for name, c := range map[string]struct {
		most int
		do   func(ctx context.Context) error
	}{
		"get": {1, func(ctx context.Context) error { _, err := s.Product(ctx, p.ID); return err }},
		"batch": {1, func(ctx context.Context) error {
			_, err := s.ProductsByID(ctx, []uuid.UUID{p.ID, uuid.New()})
			return err
		}},
		"list":            {1, func(ctx context.Context) error { return lists(ctx, catalog.Filter{}) }},
		"filtered list":   {1, func(ctx context.Context) error { return lists(ctx, catalog.Filter{Category: "a", Brand: "b"}) }},
		"search":          {1, func(ctx context.Context) error { return lists(ctx, catalog.Filter{Text: "kettle"}) }},
		"corrected":       {2, func(ctx context.Context) error { return lists(ctx, catalog.Filter{Text: "ketle"}) }},
		"list, no result": {1, func(ctx context.Context) error { return lists(ctx, catalog.Filter{SKU: "none"}) }},
		"list with facets": {2, func(ctx context.Context) error {
			if err := lists(ctx, catalog.Filter{Text: "kettle"}); err != nil {
				return err
			}
			_, err := s.Summarize(ctx, catalog.SummaryQuery{Facets: catalog.FacetNames, Total: catalog.TotalExact})
			return err
		}},
		"category": {1, func(ctx context.Context) error {
			_, err := s.Category(ctx, "a")
			if err == catalog.ErrNotFound {
				return nil
			}
			return err
		}},
		"categories": {1, func(ctx context.Context) error { _, err := s.Categories(ctx); return err }},
	} {
		var err error
		spans := traced(t, func(ctx context.Context) { err = c.do(ctx) })
		if err != nil || len(spans) > c.most || len(spans) == 0 {
			t.Errorf("%s: %v with %d statements %q, at most %d", name, err, len(spans), names(spans), c.most)
		}
	}
}

// TestPagesAreReadFromAnIndex: a page deep in a list costs what the first one
// costs, because neither sorts, and both begin where they are.
func TestPagesAreReadFromAnIndex(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	crowd(t, o, 5000)
	analyze(t, o)
	c, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for sort, index := range map[catalog.Sort]string{
		catalog.SortID: "product_pkey", catalog.SortName: "product_by_name", catalog.SortPrice: "product_by_price", catalog.SortUpdated: "product_by_change",
	} {
		deep := map[catalog.Sort]string{catalog.SortName: "lamp 2222", catalog.SortPrice: "50", catalog.SortUpdated: "2026-01-01 00:00:00+00"}[sort]
		for _, after := range []*catalog.Position{nil, {Key: deep, ID: uuid.New()}} {
			statement, args := postgres.StatementOf(catalog.Query{Sort: sort, After: after, Limit: 20})
			rows, err := c.Query(t.Context(), "EXPLAIN "+statement, args...)
			if err != nil {
				t.Fatal(err)
			}
			var plan strings.Builder
			for rows.Next() {
				var line string
				if err := rows.Scan(&line); err != nil {
					t.Fatal(err)
				}
				plan.WriteString(line + "\n")
			}
			if text := plan.String(); rows.Err() != nil || strings.Contains(text, "Sort") || !strings.Contains(text, "Index Scan using "+index) ||
				after != nil && !strings.Contains(text, "Index Cond") {
				t.Errorf("sorted by %q behind %v: %v\n%s", sort, after, rows.Err(), text)
			}
			if after != nil { // the first page has nothing that a plan could depend on
				wantPlanKept(t, c, statement, args)
			}
		}
	}
}

// wantPlanKept wants a statement to be planned once for every position.
func wantPlanKept(t *testing.T, c *pgx.Conn, statement string, args []any) {
	t.Helper()
	for range 10 { // PostgreSQL plans it five times before it decides
		if _, err := c.Exec(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	var kept, made int
	err := c.QueryRow(t.Context(), "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1", statement).Scan(&kept, &made)
	if err != nil || kept < 5 {
		t.Errorf("the plan was kept %d times and made %d times, %v: %s", kept, made, err, statement)
	}
}
