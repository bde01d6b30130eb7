package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
)

const (
	// existingCategories keeps them from being deleted until the chunk is in.
	existingCategories = `SELECT id FROM category WHERE id = ANY ($1) FOR KEY SHARE`
	// addCategories adds in the order of ids, whoever adds them: two that have
	// the same new ones wait for each other and never in a circle.
	addCategories = `INSERT INTO category (id, name, parent_id)
		SELECT id, name, nullif(parent, '') FROM unnest($1::text[], $2::text[], $3::text[]) AS c (id, name, parent)
		ORDER BY id COLLATE "C"
		ON CONFLICT DO NOTHING`
)

// categories sees that the rows' categories exist: those of a path are made,
// and what of the others does not exist is answered.
func (j *job) categories(ctx context.Context, tx pgx.Tx, rows []catalog.ImportRow) (missing map[string]bool, err error) {
	missing = map[string]bool{}
	var ids, names, parents, paths []string
	for _, row := range rows {
		if row.Err != nil || row.Product.Category == nil || j.known[*row.Product.Category] || missing[*row.Product.Category] {
			continue
		}
		missing[*row.Product.Category] = true
		ids = append(ids, *row.Product.Category)
		for i, name := range row.CategoryPath {
			paths, names = append(paths, catalog.CategoryID(row.CategoryPath[:i+1])), append(names, name)
			parents = append(parents, catalog.CategoryID(row.CategoryPath[:i])) // "" at the root
		}
	}
	if len(paths) > 0 && !j.dryRun {
		if _, err := tx.Exec(ctx, addCategories, paths, names, parents); err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return missing, nil
	}
	found, err := tx.Query(ctx, existingCategories, ids)
	if err != nil {
		return nil, err
	}
	var id string
	_, err = pgx.ForEachRow(found, []any{&id}, func() error {
		j.known[id] = true
		delete(missing, id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if j.dryRun {
		for _, row := range rows { // would have been made
			if len(row.CategoryPath) > 0 && row.Product.Category != nil {
				delete(missing, *row.Product.Category)
			}
		}
	}
	return missing, nil
}
