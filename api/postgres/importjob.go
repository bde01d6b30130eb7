package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"catalog/api/catalog"
)

const (
	openImports = `SELECT id FROM import_job WHERE state = 'running' ORDER BY created_at LIMIT 20`
	// lockImport lasts as long as its connection: a task that is killed loses
	// it with that.
	lockImport = `SELECT pg_try_advisory_lock(hashtextextended('catalog import ' || $1::uuid::text, 0))`
	takeImport = `UPDATE import_job SET started_at = coalesce(started_at, now()) WHERE id = $1 AND state = 'running'
		RETURNING id, dry_run, options, position, started_at`
	finishImport = `UPDATE import_job SET state = CASE WHEN $2 = '' THEN 'succeeded' ELSE 'failed' END, detail = nullif($2, ''), finished_at = now()
		WHERE id = $1 AND state = 'running'`
	// addNewWords counts the words of what an import wrote. ts_stat takes a
	// query as text.
	addNewWords = `INSERT INTO search_word SELECT word, ndoc FROM ts_stat(format(
			'SELECT catalog_words(name, brand, description) FROM product WHERE updated_at >= %L', $1::timestamptz))
		WHERE length(word) BETWEEN 3 AND 60 ORDER BY word
		ON CONFLICT (word) DO UPDATE SET products = search_word.products + excluded.products`
)

// job is an import that this task works on, on a connection of its own.
type job struct {
	store    *Store
	conn     *pgx.Conn
	id       uuid.UUID
	dryRun   bool
	options  json.RawMessage
	position json.RawMessage
	started  time.Time
	// known are categories that were seen to exist.
	known map[string]bool
	// wrote counts the products that this task created or updated.
	wrote int64
}

// ClaimImport answers the oldest import that waits and that no task works on.
func (s *Store) ClaimImport(ctx context.Context) (catalog.ImportJob, error) {
	rows, err := s.pool.Query(ctx, openImports)
	if err != nil {
		return nil, s.translate(err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[pgtype.UUID])
	if err != nil || len(open) == 0 {
		return nil, s.translate(err)
	}
	connecting, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	config := s.pool.Config().ConnConfig
	config.RuntimeParams["statement_timeout"] = "0" // it may wait for the words of a million products
	conn, err := pgx.ConnectConfig(connecting, config)
	if err != nil {
		return nil, s.translate(err)
	}
	j := &job{store: s, conn: conn, known: map[string]bool{}}
	for _, id := range open {
		taken, err := j.claim(ctx, id)
		if err != nil {
			j.Release()
			return nil, s.translate(err)
		}
		if taken {
			return j, nil
		}
	}
	j.Release()
	return nil, nil
}

func (j *job) claim(ctx context.Context, id pgtype.UUID) (bool, error) {
	var free bool
	if err := j.conn.QueryRow(ctx, lockImport, id).Scan(&free); err != nil || !free {
		return false, err
	}
	// It may have ended since it was found.
	err := j.conn.QueryRow(ctx, takeImport, id).Scan((*[16]byte)(&j.id), &j.dryRun, &j.options, &j.position, &j.started)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (j *job) ID() uuid.UUID             { return j.id }
func (j *job) Options() json.RawMessage  { return j.options }
func (j *job) Position() json.RawMessage { return j.position }

// Feed reads the feed from an offset, on the pool's connections.
func (j *job) Feed(ctx context.Context, from int64) io.Reader {
	return &feedReader{ctx: ctx, store: j.store, id: j.key(), offset: from}
}

func (j *job) key() pgtype.UUID { return pgtype.UUID{Bytes: j.id, Valid: true} }

// manyRows is from how many rows on the planner's statistics are worth making
// anew: autovacuum would take a minute to notice.
const manyRows = 1000

// Finish ends the import, when the words and the statistics know what it
// wrote.
func (j *job) Finish(ctx context.Context, detail string) error {
	if !j.dryRun {
		if _, err := j.conn.Exec(ctx, addNewWords, j.started); err != nil {
			return j.store.translate(err)
		}
		if j.wrote >= manyRows {
			if _, err := j.conn.Exec(ctx, "ANALYZE product, category, search_word"); err != nil {
				return j.store.translate(err)
			}
		}
	}
	return j.store.translate(pgx.BeginFunc(ctx, j.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, finishImport, j.key(), detail); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, dropParts, j.key())
		return err
	}))
}

// Release ends the connection, and with it the claim.
func (j *job) Release() {
	closing, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	j.conn.Close(closing)
}
