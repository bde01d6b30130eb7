package postgres

import (
	"context"
	"reflect"
	"strconv"

	"catalog/api/catalog"
)

// order is how a list is sorted: by a key, which has an index of its own, then
// by id.
type order struct {
	key, kind  string
	descending bool
}

var orders = map[catalog.Sort]order{
	catalog.SortName:      {`lower(name) COLLATE "C"`, "text", false},
	catalog.SortPrice:     {"coalesce(price_amount, -1)", "numeric", true},
	catalog.SortUpdated:   {"updated_at", "timestamptz", true},
	catalog.SortRelevance: {rank, "float4", true},
}

const (
	// rank weighs descriptions, brands and names, and a match in a short text
	// more than in a long one (1: divided by 1 + the logarithm of the length).
	rank = "ts_rank('{0.1, 0.2, 0.6, 1}', search, " + askedQuery + ", 1)"
	// exactRank is above every other: ts_rank stays below 1.
	exactRank = "1000::float4"
)

// Products answers one page, with one statement; with a second one where
// nothing has the text's words and others, that are like them, may be meant. A
// page behind another one of those finds nothing either, and the same words.
func (s *Store) Products(ctx context.Context, q catalog.Query) (catalog.Page, error) {
	page, err := s.page(ctx, q, false)
	if err != nil || len(page.Items) > 0 || q.Text == "" {
		return page, err
	}
	return s.page(ctx, q, true)
}

func (s *Store) page(ctx context.Context, q catalog.Query, correct bool) (catalog.Page, error) {
	var b sql
	if q.Text == "" {
		b.list(q)
	} else {
		b.found(q, correct)
	}
	rows, err := b.query(ctx, s.pool)
	if err != nil {
		return catalog.Page{}, s.translate(err)
	}
	defer rows.Close()
	var page catalog.Page
	keys := make([]string, 0, q.Limit+1)
	page.Items = make([]catalog.Document, 0, q.Limit+1)
	for rows.Next() {
		var d catalog.Document
		var key, text *string
		if err := rows.Scan((*[16]byte)(&d.ID), &d.Version, &d.JSON, &key, &text); err != nil {
			return catalog.Page{}, s.translate(err)
		}
		page.Items, keys = append(page.Items, d), append(keys, valueOf(key))
		page.Corrected = valueOf(text)
	}
	if len(page.Items) > q.Limit { // one more than asked for: there is a next page
		page.Items = page.Items[:q.Limit]
		page.Next = &catalog.Position{Key: keys[q.Limit-1], ID: page.Items[q.Limit-1].ID}
	}
	return page, s.translate(rows.Err())
}

func valueOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// list selects a page of id, version, document, key as text, and no other
// text. The text has a name of its own: ORDER BY would sort by it otherwise.
// The keyset condition makes every page cost the same.
func (b *sql) list(q catalog.Query) {
	if q.Sort == catalog.SortID && isCategory(q.Filter) {
		b.category(q)
		return
	}
	o := orders[q.Sort]
	key := "NULL"
	if o.key != "" {
		key = "(" + o.key + ")::text"
	}
	b.add("SELECT id, version, document, ", key, " AS position, NULL FROM product WHERE true", b.conditions(q.Filter, ""),
		b.after(o, o.key, q.After), o.by(o.key), " LIMIT ", strconv.Itoa(q.Limit+1))
}

// isCategory says that a filter keeps a category's products, and no fewer.
func isCategory(f catalog.Filter) bool {
	category := f.Category
	f.Category = ""
	return category != "" && reflect.ValueOf(f).IsZero()
}

// category selects the same of a category and those below it, with so many ids
// of each, by its index: a page costs by how many categories there are, and not
// by how many products they have. Its plan holds for any category, which stands
// in a subquery for the reason that a position does.
func (b *sql) category(q catalog.Query) {
	limit := " LIMIT " + strconv.Itoa(q.Limit+1)
	b.add("WITH page AS (SELECT found.id FROM unnest(catalog_subtree((SELECT ", b.arg(q.Filter.Category), "::text))) AS part (category),",
		" LATERAL (SELECT id FROM product WHERE category_id = part.category", b.after(order{}, "", q.After), " ORDER BY id", limit, ") AS found",
		" ORDER BY id", limit, ") SELECT id, version, document, NULL AS position, NULL FROM page JOIN product USING (id) ORDER BY id")
}

// found selects the same of the products that a text finds. Ids are found and
// sorted first, and documents read for a page of them.
func (b *sql) found(q catalog.Query, correct bool) {
	o, text := orders[q.Sort], "NULL"
	columns, exact := "id, "+o.key+" AS key", "id, "+o.key+" AS key"
	switch q.Sort {
	case catalog.SortRelevance:
		exact = "id, " + exactRank + " AS key"
	case catalog.SortID:
		columns, exact = "id, NULL AS key", "id, NULL AS key"
	}
	if correct {
		text = askedText
	}
	key := "key"
	if q.Sort == catalog.SortName { // the result of UNION has lost it
		key = `key COLLATE "C"`
	}
	if q.Sort == catalog.SortID {
		key = ""
	}
	b.asked(q.Text, correct)
	b.add(", matched AS (", b.matching(columns, exact, q.Filter, ""), ")",
		", page AS (SELECT id, key FROM matched WHERE true", b.after(o, key, q.After), o.by(key), " LIMIT ", strconv.Itoa(q.Limit+1), ")",
		" SELECT id, version, document, key::text AS position, ", text, " FROM page JOIN product USING (id)", o.by(key))
}

// after is the condition that a product comes behind a position, which stands
// in subqueries: the planner would see another plan for every position, and
// would make it each time, for a fifth of what a page costs.
func (b *sql) after(o order, key string, p *catalog.Position) string {
	if p == nil {
		return ""
	}
	than, id := " > ", uuidOf(p.ID)
	if o.descending {
		than = " < "
	}
	if key == "" {
		return " AND id > (SELECT " + b.arg(id) + "::uuid)"
	}
	return " AND (" + key + ", id)" + than + "((SELECT " + b.arg(p.Key) + "::text::" + o.kind + "), (SELECT " + b.arg(id) + "::uuid))"
}

func (o order) by(key string) string {
	direction := ""
	if o.descending {
		direction = " DESC"
	}
	if key != "" {
		key += direction + ", "
	}
	return " ORDER BY " + key + "id" + direction
}
