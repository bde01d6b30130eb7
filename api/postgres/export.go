package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// exportProducts is one statement, and so one snapshot of the catalog.
const exportProducts = `SELECT document FROM product ORDER BY id`

// Export gives every product's document, as of one moment. It takes as long as
// its receiver does: no statement_timeout ends it, only ctx.
func (s *Store) Export(ctx context.Context, give func(document []byte) error) error {
	return s.inTransaction(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		rows, err := tx.Query(ctx, exportProducts)
		if err != nil {
			return err
		}
		defer func() {
			cancel() // else Close reads the rest of the catalog
			rows.Close()
		}()
		for rows.Next() {
			// As the server sent it, good until the next row: a copy of each
			// document would be a copy of the catalog.
			if err := give(rows.RawValues()[0]); err != nil {
				return own{err}
			}
		}
		return rows.Err()
	})
}
