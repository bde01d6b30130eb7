package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"catalog/api/catalog"
)

const (
	listCategories = `SELECT c.id, c.name, c.parent_id, coalesce(p.count, 0)
		FROM category c
		LEFT JOIN (SELECT category_id, count(*) FROM product GROUP BY category_id) p ON p.category_id = c.id
		ORDER BY c.id`
	getCategory = `WITH RECURSIVE
		up AS (
			SELECT id, name, parent_id, 0 AS distance FROM category WHERE id = $1
			UNION ALL SELECT c.id, c.name, c.parent_id, up.distance + 1 FROM category c JOIN up ON c.id = up.parent_id
		),
		down AS (
			SELECT id FROM category WHERE id = $1
			UNION SELECT c.id FROM category c JOIN down ON c.parent_id = down.id
		)
		SELECT c.id, c.name, c.parent_id,
			(SELECT array_agg(name ORDER BY distance DESC) FROM up),
			(SELECT count(*) FROM product WHERE category_id = ANY (ARRAY (SELECT id FROM down)))
		FROM category c WHERE c.id = $1`
	// lockCategories makes changes of the tree wait for each other: two moves
	// at once could otherwise close a circle that neither sees.
	lockCategories = `LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE`
	ancestors      = `WITH RECURSIVE up AS (
			SELECT id, parent_id FROM category WHERE id = $1
			UNION SELECT c.id, c.parent_id FROM category c JOIN up ON c.id = up.parent_id
		) SELECT id FROM up`
	// height counts the levels of a category and what lies below it.
	height = `WITH RECURSIVE down AS (
			SELECT id, 1 AS level FROM category WHERE id = $1
			UNION ALL SELECT c.id, down.level + 1 FROM category c JOIN down ON c.parent_id = down.id
		) SELECT coalesce(max(level), 1) FROM down`
	upsertCategory = `INSERT INTO category (id, name, parent_id) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, parent_id = excluded.parent_id, updated_at = now()
		RETURNING xmax = 0`
	deleteCategory = `DELETE FROM category WHERE id = $1`
)

// Categories answers the whole tree.
func (s *Store) Categories(ctx context.Context) ([]catalog.Category, error) {
	rows, err := s.pool.Query(ctx, listCategories)
	if err != nil {
		return nil, s.translate(err)
	}
	categories, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c catalog.Category, err error) {
		err = row.Scan(&c.ID, &c.Name, &c.ParentID, &c.ProductCount)
		return c, err
	})
	if err != nil {
		return nil, s.translate(err)
	}
	catalog.CountSubtrees(categories)
	return categories, nil
}

// Category answers one category.
func (s *Store) Category(ctx context.Context, id string) (catalog.Category, error) {
	var c catalog.Category
	err := s.pool.QueryRow(ctx, getCategory, id).Scan(&c.ID, &c.Name, &c.ParentID, &c.Path, &c.ProductCount)
	return c, s.translate(err)
}

// PutCategory creates or changes a category.
func (s *Store) PutCategory(ctx context.Context, id string, in catalog.CategoryInput) (created bool, err error) {
	err = s.inTransaction(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockCategories); err != nil {
			return err
		}
		if in.ParentID != nil {
			if err := checkParent(ctx, tx, id, *in.ParentID); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, upsertCategory, id, in.Name, in.ParentID).Scan(&created)
	})
	return created, err
}

// DeleteCategory removes a category that nothing is in.
func (s *Store) DeleteCategory(ctx context.Context, id string) error {
	tag, err := s.pool.Exec(ctx, deleteCategory, id)
	if server, ok := errors.AsType[*pgconn.PgError](err); ok && server.Code == foreignKeyViolation {
		return catalog.ErrInUse
	}
	if err == nil && tag.RowsAffected() == 0 {
		return catalog.ErrNotFound
	}
	return s.translate(err)
}

// checkParent refuses a parent that does not exist, that lies below the
// category, or under which the category's subtree would reach too deep.
func checkParent(ctx context.Context, tx pgx.Tx, id, parent string) error {
	rows, err := tx.Query(ctx, ancestors, parent)
	if err != nil {
		return err
	}
	above, err := pgx.CollectRows(rows, pgx.RowTo[string])
	switch {
	case err != nil:
		return err
	case len(above) == 0:
		return own{catalog.Invalid("/parent_id", "there is no such category")}
	case slices.Contains(above, id):
		return own{catalog.Invalid("/parent_id", "lies below this category")}
	}
	var levels int
	if err := tx.QueryRow(ctx, height, id).Scan(&levels); err != nil {
		return err
	}
	if len(above)+levels > catalog.MaxCategoryDepth {
		return own{catalog.Invalid("/parent_id", fmt.Sprintf("would make the tree deeper than %d levels", catalog.MaxCategoryDepth))}
	}
	return nil
}
