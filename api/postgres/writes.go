package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
)

const (
	insertProduct = `INSERT INTO product (id, sku, gtin, name, description, brand, category_id, attributes, images,
			price_amount, price_currency, stock, status, version, created_at, updated_at, document)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`
	updateProduct = `UPDATE product SET sku = $2, gtin = $3, name = $4, description = $5, brand = $6, category_id = $7,
			attributes = $8, images = $9, price_amount = $10, price_currency = $11, stock = $12, status = $13,
			version = $14, created_at = $15, updated_at = $16, document = $17
		WHERE id = $1`
	lockProduct   = `SELECT document FROM product WHERE id = $1 FOR UPDATE`
	lockVersion   = `SELECT version FROM product WHERE id = $1 FOR UPDATE`
	deleteProduct = `DELETE FROM product WHERE id = $1`
	// addWords takes words in one order, whoever adds them: two transactions
	// with the same new words wait for each other and never in a circle.
	addWords = `INSERT INTO search_word SELECT lexeme, 1
		FROM unnest(catalog_words($1, $2, $3)) WHERE length(lexeme) BETWEEN 3 AND 60 ORDER BY lexeme
		ON CONFLICT DO NOTHING`
)

// CreateProduct stores a new product and, with a key, what is answered to its
// repeat, in one transaction.
func (s *Store) CreateProduct(ctx context.Context, p catalog.Product, key *catalog.IdempotencyKey) (catalog.Document, bool, error) {
	d, err := p.Document()
	if err != nil {
		return d, false, err
	}
	repeated := false
	err = s.inTransaction(ctx, func(tx pgx.Tx) error {
		if key != nil {
			first, err := answered(ctx, tx, *key)
			if err != nil {
				return err
			}
			if first != nil {
				d, repeated = *first, true
				return nil
			}
		}
		return write(ctx, tx, insertProduct, p, d, key)
	})
	return d, repeated, err
}

// UpdateProduct changes a product that nobody else changes meanwhile.
func (s *Store) UpdateProduct(ctx context.Context, id uuid.UUID, change func(catalog.Product) (catalog.Product, error)) (catalog.Document, error) {
	var d catalog.Document
	err := s.inTransaction(ctx, func(tx pgx.Tx) error {
		var document []byte
		if err := tx.QueryRow(ctx, lockProduct, uuidOf(id)).Scan(&document); err != nil {
			return err
		}
		p, err := productOf(document)
		if err != nil {
			return err
		}
		if p, err = change(p); err != nil {
			return own{err}
		}
		if d, err = p.Document(); err != nil {
			return err
		}
		return write(ctx, tx, updateProduct, p, d, nil)
	})
	return d, err
}

// DeleteProduct removes a product.
func (s *Store) DeleteProduct(ctx context.Context, id uuid.UUID, check func(version int64) error) error {
	return s.inTransaction(ctx, func(tx pgx.Tx) error {
		var version int64
		if err := tx.QueryRow(ctx, lockVersion, uuidOf(id)).Scan(&version); err != nil {
			return err
		}
		if err := check(version); err != nil {
			return own{err}
		}
		_, err := tx.Exec(ctx, deleteProduct, uuidOf(id))
		return err
	})
}

// write stores a product, its words and its key in one round trip.
func write(ctx context.Context, tx pgx.Tx, statement string, p catalog.Product, d catalog.Document, key *catalog.IdempotencyKey) error {
	row, err := productRow(p, d)
	if err != nil {
		return err
	}
	var batch pgx.Batch
	batch.Queue(statement, row...)
	batch.Queue(addWords, p.Name, p.Brand, p.Description)
	if key != nil {
		batch.Queue(keepKey, key.Key, key.Request[:], row[0], d.Version, d.JSON)
	}
	return tx.SendBatch(ctx, &batch).Close()
}

// inTransaction runs do in a transaction.
func (s *Store) inTransaction(ctx context.Context, do func(tx pgx.Tx) error) error {
	return s.translate(pgx.BeginFunc(ctx, s.pool, do))
}
