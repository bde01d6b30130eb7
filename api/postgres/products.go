package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"catalog/api/catalog"
)

const (
	getProduct  = `SELECT version, document FROM product WHERE id = $1`
	getProducts = `SELECT id, version, document FROM product WHERE id = ANY ($1)`
)

// Product answers one product's document, with one statement.
func (s *Store) Product(ctx context.Context, id uuid.UUID) (catalog.Document, error) {
	d := catalog.Document{ID: id}
	err := s.pool.QueryRow(ctx, getProduct, uuidOf(id)).Scan(&d.Version, &d.JSON)
	return d, s.translate(err)
}

// ProductsByID answers those of the products that exist, with one statement.
func (s *Store) ProductsByID(ctx context.Context, ids []uuid.UUID) ([]catalog.Document, error) {
	rows, err := s.pool.Query(ctx, getProducts, uuids(ids))
	if err != nil {
		return nil, s.translate(err)
	}
	documents, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d catalog.Document, err error) {
		err = row.Scan((*[16]byte)(&d.ID), &d.Version, &d.JSON)
		return d, err
	})
	return documents, s.translate(err)
}

// uuids are ids as pgx sends them.
func uuids(ids []uuid.UUID) []pgtype.UUID {
	all := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		all[i] = uuidOf(id)
	}
	return all
}

// uuidOf is an id as pgx sends it.
func uuidOf(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// productOf reads a product back from its document.
func productOf(document []byte) (p catalog.Product, err error) {
	if err := json.Unmarshal(document, &p); err != nil {
		return p, fmt.Errorf("a product's document cannot be read: %w", err)
	}
	return p, nil
}

// productColumns are a product's columns, in the order of productRow.
var productColumns = []string{
	"id", "sku", "gtin", "name", "description", "brand", "category_id", "attributes", "images",
	"price_amount", "price_currency", "stock", "status", "version", "created_at", "updated_at", "document",
}

// productRow is a product with its document as COPY and INSERT take them.
func productRow(p catalog.Product, d catalog.Document) ([]any, error) {
	var amount pgtype.Numeric
	var currency *string
	if p.Price != nil {
		if err := amount.Scan(p.Price.Amount); err != nil {
			return nil, fmt.Errorf("the price %q: %w", p.Price.Amount, err)
		}
		currency = &p.Price.Currency
	}
	return []any{
		uuidOf(p.ID),
		p.SKU, p.GTIN, p.Name, p.Description, p.Brand, p.Category,
		p.Attributes, p.Images, amount, currency, p.Stock, p.Status, p.Version, p.CreatedAt, p.UpdatedAt, d.JSON,
	}, nil
}
