package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"catalog/api/catalog"
)

const (
	// openImports leaves out those that a task works on, so that the others
	// do not connect again and again to find that out.
	openImports = `SELECT id FROM import_job WHERE state = 'running' AND NOT EXISTS (
			SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
				AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
				AND (classid::bigint << 32) | objid::bigint = hashtextextended('catalog import ' || import_job.id, 0))
		ORDER BY created_at LIMIT 20`
	// lockImport lasts as long as its connection: a task that is killed loses
	// it with that.
	lockImport = `SELECT pg_try_advisory_lock(hashtextextended('catalog import ' || $1::uuid, 0))`
	takeImport = `UPDATE import_job SET started_at = coalesce(started_at, now()) WHERE id = $1 AND state = 'running'
		RETURNING id, dry_run, options, position, started_at`
	writtenByImport = `SELECT created + updated FROM import_job WHERE id = $1`
	finishImport    = `UPDATE import_job SET state = CASE WHEN $2 = '' THEN 'succeeded' ELSE 'failed' END, detail = nullif($2, ''), finished_at = now()
		WHERE id = $1 AND state = 'running'`
)

const (
	// applyTimeout bounds a chunk, which takes a tenth of a second where it
	// waits for nobody.
	applyTimeout = time.Minute
	// finishTimeout bounds the words and the statistics of a whole import.
	finishTimeout = 20 * time.Minute
)

// importParams are settings of an import's connection. The server finds out
// within half a minute that a task is gone without a farewell, and gives its
// import to others. With the memory the index of words takes in more at once.
var importParams = map[string]string{
	"statement_timeout":                   "60s",
	"tcp_keepalives_idle":                 "10",
	"tcp_keepalives_interval":             "5",
	"tcp_keepalives_count":                "3",
	"work_mem":                            "32MB",
	"idle_in_transaction_session_timeout": "60s",
}

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
	words wordCount
	// working ends with the claim.
	working context.Context
	cancel  context.CancelFunc
}

// ClaimImport answers the oldest import that waits and that no task works on.
func (s *Store) ClaimImport(ctx context.Context) (catalog.ImportJob, error) {
	asking, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	rows, err := s.pool.Query(asking, openImports)
	if err != nil {
		return nil, s.translate(err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[pgtype.UUID])
	if err != nil || len(open) == 0 {
		return nil, s.translate(err)
	}
	conn, err := s.connect(ctx, func(config *pgx.ConnConfig) { maps.Copy(config.RuntimeParams, importParams) })
	if err != nil {
		return nil, s.translate(err)
	}
	j := &job{store: s, conn: conn, known: map[string]bool{}, words: wordCount{store: s}}
	j.working, j.cancel = context.WithCancel(ctx)
	for _, id := range open {
		taken, err := j.claim(asking, id)
		if err != nil {
			j.Release()
			return nil, s.translate(err)
		}
		if taken {
			j.words.incomplete = j.position != nil // another task may not have come to it
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

func (j *job) key() pgtype.UUID { return uuidOf(j.id) }

// manyRows is from how many rows on the planner's statistics are worth making
// anew: autovacuum would take a minute to notice.
const manyRows = 1000

// Finish ends the import, when the words and the statistics know what it
// wrote. Where it failed they are of less weight than that it ends.
func (j *job) Finish(ctx context.Context, detail string) error {
	ctx, cancel := context.WithTimeout(ctx, finishTimeout)
	defer cancel()
	if err := j.settle(ctx); err != nil && (detail == "" || j.conn.IsClosed()) {
		return j.store.translate(err)
	}
	return j.store.translate(pgx.BeginFunc(ctx, j.conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, finishImport, j.key(), detail)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return own{catalog.ErrImportEnded}
		}
		_, err = tx.Exec(ctx, dropParts, j.key())
		return err
	}))
}

// settle counts the words of what was written, and lets the planner know.
func (j *job) settle(ctx context.Context) error {
	if j.dryRun {
		return nil
	}
	if err := j.words.finish(ctx, j.conn, j.started); err != nil {
		return err
	}
	var written int64
	if err := j.conn.QueryRow(ctx, writtenByImport, j.key()).Scan(&written); err != nil || written < manyRows {
		return err
	}
	_, err := j.conn.Exec(ctx, "ANALYZE product, category, search_word")
	return err
}

// Release ends the connection, and with it the claim.
func (j *job) Release() {
	j.cancel()
	j.words.await()
	hangUp(j.conn)
}
