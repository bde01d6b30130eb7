package postgres

import (
	"bytes"
	"context"
	"errors"
	"hash/fnv"

	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
)

// A key is remembered for a day, as the clients that repeat a request do so
// within minutes (Idempotency-Key draft 07 leaves the time to the server).
const (
	// lockKey finds out, until the transaction ends, whether another request
	// with the key is being answered.
	lockKey = `SELECT pg_try_advisory_xact_lock($1)`
	findKey = `SELECT request, product_id, version, document FROM idempotency_key WHERE key = $1 AND created_at > now() - interval '1 day'`
	keepKey = `INSERT INTO idempotency_key (key, request, product_id, version, document) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET request = excluded.request, product_id = excluded.product_id,
			version = excluded.version, document = excluded.document, created_at = now()`
	forgetKeys = `DELETE FROM idempotency_key WHERE key IN (
			SELECT key FROM idempotency_key WHERE created_at < now() - interval '1 day' LIMIT 1000 FOR UPDATE SKIP LOCKED)`
)

// answered is what was answered to the first request with this key, nil where
// this is the first, or ErrKeyInFlight or ErrKeyReused.
func answered(ctx context.Context, tx pgx.Tx, key catalog.IdempotencyKey) (*catalog.Document, error) {
	hash := fnv.New64a()
	hash.Write([]byte(key.Key))
	var free bool
	if err := tx.QueryRow(ctx, lockKey, int64(hash.Sum64())).Scan(&free); err != nil {
		return nil, err
	}
	if !free {
		return nil, own{catalog.ErrKeyInFlight}
	}
	var d catalog.Document
	var request []byte
	err := tx.QueryRow(ctx, findKey, key.Key).Scan(&request, (*[16]byte)(&d.ID), &d.Version, &d.JSON)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	case !bytes.Equal(request, key.Request[:]):
		return nil, own{catalog.ErrKeyReused}
	}
	return &d, nil
}

// ForgetKeys removes keys that are older than a day, some at a time.
func (s *Store) ForgetKeys(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, forgetKeys)
	return s.translate(err)
}
