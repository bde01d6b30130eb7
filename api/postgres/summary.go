package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"catalog/api/catalog"
)

// facetSize is how many values a facet answers, the most frequent ones.
const facetSize = 20

// priceSteps are where the ranges of the price facet begin, whatever the
// currency.
var priceSteps = []string{"0", "10", "20", "50", "100", "200", "500", "1000", "2000", "5000", "10000"}

// Summarize counts, with one statement.
func (s *Store) Summarize(ctx context.Context, q catalog.SummaryQuery) (catalog.Summary, error) {
	var b sql
	if !b.summary(q) {
		return catalog.Summary{}, nil
	}
	rows, err := b.query(ctx, s.pool)
	if err != nil {
		return catalog.Summary{}, s.translate(err)
	}
	defer rows.Close()
	summary := catalog.Summary{}
	if len(q.Facets) > 0 {
		summary.Facets = map[string][]catalog.FacetValue{}
	}
	for _, name := range q.Facets {
		summary.Facets[name] = []catalog.FacetValue{}
	}
	for rows.Next() {
		var name, value string
		var count int64
		if err := rows.Scan(&name, &value, &count); err != nil {
			return summary, s.translate(err)
		}
		switch name {
		case "total":
			summary.Total = &count
		case catalog.FacetPrice:
			step, err := strconv.Atoi(value)
			if err != nil {
				return summary, fmt.Errorf("the price facet's step %q: %w", value, err)
			}
			summary.Facets[name] = append(summary.Facets[name], priceRange(step, count))
		default:
			summary.Facets[name] = append(summary.Facets[name], catalog.FacetValue{Value: value, Count: count})
		}
	}
	return summary, s.translate(rows.Err())
}

// priceRange is a step of the price facet, counted from 1.
func priceRange(step int, count int64) catalog.FacetValue {
	v := catalog.FacetValue{GTE: &priceSteps[step-1], Count: count}
	if step < len(priceSteps) {
		v.LT = &priceSteps[step]
	}
	return v
}

// summary selects rows of what is counted, its value, and the count, unless
// nothing is. Facets whose own filter is not set count the same products, which
// are found once.
func (b *sql) summary(q catalog.SummaryQuery) bool {
	with := " WITH "
	if q.Text != "" {
		b.asked(q.Text, false)
		with = ", "
	}
	var parts []string
	shared := false
	const columns = "brand, category_id, price_amount"
	for _, name := range q.Facets {
		source := "matched"
		if ownFilter(q.Filter, name) {
			source = name + "_matched"
			b.add(with, source, " AS MATERIALIZED (", b.matching(columns, columns, q.Filter, name), ")")
			with = ", "
		} else {
			shared = true
		}
		parts = append(parts, facet(name, source))
	}
	if shared {
		b.add(with, "matched AS MATERIALIZED (", b.matching(columns, columns, q.Filter, ""), ")")
	}
	if q.Total == catalog.TotalEstimate || q.Total == catalog.TotalExact {
		parts = append(parts, "SELECT 'total', '', "+b.total(q))
	}
	b.add(" ", strings.Join(parts, " UNION ALL "))
	return len(parts) > 0
}

// ownFilter says whether a filter has what a facet leaves out.
func ownFilter(f catalog.Filter, facet string) bool {
	switch facet {
	case catalog.FacetBrand:
		return f.Brand != ""
	case catalog.FacetCategory:
		return f.Category != ""
	}
	return f.PriceFrom != "" || f.PriceTo != ""
}

func facet(name, source string) string {
	size := strconv.Itoa(facetSize)
	if name == catalog.FacetPrice {
		return "(SELECT 'price', width_bucket(price_amount, '{" + strings.Join(priceSteps, ",") + "}'::numeric[])::text, count(*) FROM " +
			source + " WHERE price_amount IS NOT NULL GROUP BY 2 ORDER BY min(price_amount))"
	}
	column := map[string]string{catalog.FacetBrand: "brand", catalog.FacetCategory: "category_id"}[name]
	return "(SELECT '" + name + "', " + column + ", count(*) FROM " + source +
		" WHERE " + column + " IS NOT NULL GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT " + size + ")"
}

// sampled is the percentage of the table's pages that is read for an estimate:
// two thousand pages, which hold some ten thousand products, in some ten
// milliseconds, and all of a small catalog. The table's own size is asked for:
// what the planner knows of it may be old, or nothing yet.
const sampled = `(SELECT least(100, 100 * 2000 / greatest(pg_relation_size('product') / current_setting('block_size')::int, 1)::float))`

// total counts exactly; or up to Candidates, and from there by a sample of the
// table's pages, which may miss products that lie together.
func (b *sql) total(q catalog.SummaryQuery) string {
	conditions := b.conditions(q.Filter, "")
	if q.Text != "" {
		conditions = " AND (search @@ " + askedQuery + " OR sku = " + askedText + " OR gtin = " + askedText + ")" + conditions
	}
	if q.Total == catalog.TotalExact {
		return "(SELECT count(*) FROM product WHERE true" + conditions + ")"
	}
	few := "(SELECT count(*) FROM (SELECT FROM product WHERE true" + conditions + " LIMIT " + strconv.Itoa(catalog.Candidates+1) + ") AS few)"
	many := "(SELECT (count(*) * 100 / " + sampled + ")::bigint FROM product TABLESAMPLE SYSTEM (" + sampled + ") WHERE true" + conditions + ")"
	return "(SELECT CASE WHEN n <= " + strconv.Itoa(catalog.Candidates) + " THEN n ELSE greatest(n, " + many + ") END FROM (SELECT " + few + " AS n) AS counted)"
}
