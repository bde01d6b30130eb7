package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"catalog/api/catalog"
)

const productColumns = `id, sku, gtin, name, description, brand, category_id, attributes, images,
	price_amount::text, price_currency, stock, status, version, created_at, updated_at`

// The recursion reads the category's subtree once; the keyset condition makes
// every page cost the same.
const (
	listProducts = `SELECT ` + productColumns + ` FROM product
		WHERE id > $1 ORDER BY id LIMIT $2`
	listCategoryProducts = `WITH RECURSIVE subtree AS (
			SELECT id FROM category WHERE id = $3
			UNION SELECT c.id FROM category c JOIN subtree s ON c.parent_id = s.id
		) SELECT ` + productColumns + ` FROM product
		WHERE id > $1 AND category_id = ANY (ARRAY (SELECT id FROM subtree)) ORDER BY id LIMIT $2`
	getProduct    = `SELECT ` + productColumns + ` FROM product WHERE id = $1`
	insertProduct = `INSERT INTO product (id, sku, gtin, name, description, brand, category_id, attributes, images,
			price_amount, price_currency, stock, status, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::numeric, $11, $12, $13, $14, $15, $16)`
)

// Products answers one page, with one statement.
func (s *Store) Products(ctx context.Context, q catalog.Query) (catalog.Page, error) {
	statement, args := listProducts, []any{pgtype.UUID{Bytes: q.After, Valid: true}, q.Limit + 1}
	if q.Category != "" {
		statement, args = listCategoryProducts, append(args, q.Category)
	}
	rows, err := s.pool.Query(ctx, statement, args...)
	if err != nil {
		return catalog.Page{}, translate(err)
	}
	items, err := pgx.CollectRows(rows, scanProduct)
	if err != nil {
		return catalog.Page{}, translate(err)
	}
	more := len(items) > q.Limit
	if more {
		items = items[:q.Limit]
	}
	return catalog.Page{Items: items, More: more}, nil
}

// Product answers one product.
func (s *Store) Product(ctx context.Context, id uuid.UUID) (catalog.Product, error) {
	rows, err := s.pool.Query(ctx, getProduct, pgtype.UUID{Bytes: id, Valid: true})
	if err != nil {
		return catalog.Product{}, translate(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanProduct)
	return p, translate(err)
}

// CreateProduct stores a new product.
func (s *Store) CreateProduct(ctx context.Context, p catalog.Product) error {
	var amount, currency *string
	if p.Price != nil {
		amount, currency = &p.Price.Amount, &p.Price.Currency
	}
	_, err := s.pool.Exec(ctx, insertProduct, pgtype.UUID{Bytes: p.ID, Valid: true}, p.SKU, p.GTIN, p.Name,
		p.Description, p.Brand, p.Category, p.Attributes, p.Images, amount, currency,
		p.Stock, p.Status, p.Version, p.CreatedAt, p.UpdatedAt)
	return translate(err)
}

func scanProduct(row pgx.CollectableRow) (catalog.Product, error) {
	var p catalog.Product
	var id pgtype.UUID
	var amount, currency *string
	err := row.Scan(&id, &p.SKU, &p.GTIN, &p.Name, &p.Description, &p.Brand, &p.Category, &p.Attributes, &p.Images,
		&amount, &currency, &p.Stock, &p.Status, &p.Version, &p.CreatedAt, &p.UpdatedAt)
	p.ID = id.Bytes
	if amount != nil && currency != nil {
		p.Price = &catalog.Money{Amount: *amount, Currency: *currency}
	}
	p.CreatedAt, p.UpdatedAt = p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	return p, err
}
