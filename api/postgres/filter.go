package postgres

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"catalog/api/catalog"
)

// sql builds one statement and its arguments together.
type sql struct {
	text strings.Builder
	args []any
	// filtered: how it is best answered depends on the arguments.
	filtered bool
}

// query sends the statement. One with filters is planned for their values each
// time, which costs less than the plan for any values can: that one may read
// all products by name to find the five of a rare brand.
func (b *sql) query(ctx context.Context, pool *pgxpool.Pool) (pgx.Rows, error) {
	mode := pgx.QueryExecModeCacheStatement
	if b.filtered {
		mode = pgx.QueryExecModeCacheDescribe
	}
	return pool.Query(ctx, b.text.String(), append([]any{mode}, b.args...)...)
}

func (b *sql) add(parts ...string) {
	for _, p := range parts {
		b.text.WriteString(p)
	}
}

// arg adds an argument and answers its placeholder.
func (b *sql) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// conditions are what a filter asks of the columns of product, each with "AND"
// before it, but for the text and without the filters of one facet, "" being
// none.
func (b *sql) conditions(f catalog.Filter, without string) string {
	var c strings.Builder
	and := func(parts ...string) {
		c.WriteString(" AND " + strings.Join(parts, ""))
		b.filtered = true
	}
	if f.SKU != "" {
		and("sku = ", b.arg(f.SKU))
	}
	if f.Category != "" && without != catalog.FacetCategory {
		and("category_id = ANY (catalog_subtree(", b.arg(f.Category), "))")
	}
	if f.Brand != "" && without != catalog.FacetBrand {
		and("brand = ", b.arg(f.Brand))
	}
	for _, a := range f.Attributes {
		var one []string // the index answers containment, not membership
		for _, v := range a.Values {
			one = append(one, "attributes @> "+b.arg(object(a.Name, v))+"::jsonb")
		}
		and("(", strings.Join(append(one, "false"), " OR "), ")")
	}
	if f.PriceFrom != "" && without != catalog.FacetPrice {
		and("price_amount >= ", b.arg(f.PriceFrom), "::text::numeric")
	}
	if f.PriceTo != "" && without != catalog.FacetPrice {
		and("price_amount <= ", b.arg(f.PriceTo), "::text::numeric")
	}
	if f.InStock != nil {
		and(map[bool]string{true: "stock > 0", false: "stock = 0"}[*f.InStock])
	}
	return c.String()
}

func object(name, value string) string {
	text, err := json.Marshal(map[string]string{name: value})
	if err != nil { // strings always can
		panic(err)
	}
	return string(text)
}

// asked is the text that is searched for, as it was given or, where nothing
// has its words, with those that may be meant. A subquery of it is read once,
// where an expression could be once a row.
func (b *sql) asked(text string, correct bool) {
	given := b.arg(text) + "::text"
	if correct {
		given = "catalog_correct(" + given + ")"
	}
	b.add("WITH asked AS MATERIALIZED (SELECT text, catalog_query(text) AS query FROM (SELECT ", given, ") AS given (text))")
}

const (
	askedText  = "(SELECT text FROM asked)"
	askedQuery = "(SELECT query FROM asked)"
)

// matching selects columns of the products that a filter keeps. With a text
// those are the ones whose SKU or GTIN it is, with exact columns, and at most
// so many of those that have its words: a common word costs no more.
func (b *sql) matching(columns, exact string, f catalog.Filter, without string) string {
	conditions := b.conditions(f, without)
	limit := strconv.Itoa(catalog.Candidates)
	if f.Text == "" {
		return "SELECT " + columns + " FROM product WHERE true" + conditions + " LIMIT " + limit
	}
	return "(SELECT " + exact + " FROM product WHERE (sku = " + askedText + " OR gtin = " + askedText + ")" + conditions + ")" +
		" UNION ALL (SELECT " + columns + " FROM product WHERE search @@ " + askedQuery +
		" AND sku <> " + askedText + " AND gtin IS DISTINCT FROM " + askedText + conditions + " LIMIT " + limit + ")"
}
