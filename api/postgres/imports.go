package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
)

// maxImports is how many imports may be open at once: a feed takes up to
// 256 MiB until it has ended.
const maxImports = 20

const (
	importColumns = `id, CASE state WHEN 'uploading' THEN 'running' ELSE state END, dry_run, created + updated + unchanged, failed,
		created, updated, unchanged, created_at, started_at, finished_at, detail, size, done`
	beginImport = `INSERT INTO import_job (id, state, dry_run, options)
		SELECT $1, 'uploading', $2, $3 WHERE (SELECT count(*) FROM import_job WHERE state IN ('uploading', 'running')) < $4`
	appendImport = `INSERT INTO import_part (import_id, at, body) VALUES ($1, $2, $3)`
	submitImport = `UPDATE import_job SET state = 'running', size = $2 WHERE id = $1 AND state = 'uploading' RETURNING ` + importColumns
	getImport    = `SELECT ` + importColumns + ` FROM import_job WHERE id = $1 AND state <> 'uploading'`
	importErrors = `SELECT line, sku, errors FROM import_error WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3`
	cancelImport = `UPDATE import_job SET state = 'cancelled', finished_at = now()
		WHERE id = $1 AND state = 'running' RETURNING ` + importColumns
	dropParts     = `DELETE FROM import_part WHERE import_id = $1`
	abandonImport = `DELETE FROM import_job WHERE id = $1 AND state = 'uploading'`
	// forgetImports removes uploads that nobody finished, and what ended a week
	// ago.
	forgetImports = `DELETE FROM import_job WHERE state = 'uploading' AND created_at < now() - interval '1 hour'
		OR finished_at < now() - interval '7 days'`
)

// BeginImport makes place for a feed.
func (s *Store) BeginImport(ctx context.Context, r catalog.ImportRequest) error {
	tag, err := s.pool.Exec(ctx, beginImport, uuidOf(r.ID), r.DryRun, r.Options, maxImports)
	if err == nil && tag.RowsAffected() == 0 {
		return catalog.ErrTooManyImports
	}
	return s.translate(err)
}

// AppendImport adds a part of a feed.
func (s *Store) AppendImport(ctx context.Context, id uuid.UUID, offset int64, part []byte) error {
	_, err := s.pool.Exec(ctx, appendImport, uuidOf(id), offset, compress(part))
	return s.translate(err)
}

// SubmitImport hands a feed over.
func (s *Store) SubmitImport(ctx context.Context, id uuid.UUID, size int64, key *catalog.IdempotencyKey) (i catalog.Import, repeated bool, err error) {
	err = s.inTransaction(ctx, func(tx pgx.Tx) error {
		if key != nil {
			first, err := answered(ctx, tx, *key)
			if err != nil {
				return err
			}
			if first != nil {
				repeated = true
				if _, err := tx.Exec(ctx, abandonImport, uuidOf(id)); err != nil {
					return err
				}
				i, err = scanImport(tx.QueryRow(ctx, getImport, uuidOf(first.ID)))
				return err
			}
		}
		if i, err = scanImport(tx.QueryRow(ctx, submitImport, uuidOf(id), size)); err != nil || key == nil {
			return err
		}
		_, err := tx.Exec(ctx, keepKey, key.Key, key.Request[:], uuidOf(id), 0, []byte{})
		return err
	})
	return i, repeated, err
}

// AbandonImport forgets a feed that was not submitted.
func (s *Store) AbandonImport(ctx context.Context, id uuid.UUID) error {
	_, err := s.pool.Exec(ctx, abandonImport, uuidOf(id))
	return s.translate(err)
}

// Import answers one import.
func (s *Store) Import(ctx context.Context, id uuid.UUID) (catalog.Import, error) {
	i, err := scanImport(s.pool.QueryRow(ctx, getImport, uuidOf(id)))
	return i, s.translate(err)
}

// ImportErrors answers bad rows behind a line.
func (s *Store) ImportErrors(ctx context.Context, id uuid.UUID, after int64, limit int) ([]catalog.ImportError, error) {
	rows, err := s.pool.Query(ctx, importErrors, uuidOf(id), after, limit)
	if err != nil {
		return nil, s.translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[catalog.ImportError])
	return all, s.translate(err)
}

// CancelImport ends an import. A chunk that is being applied is either done
// before, and counted, or not done.
func (s *Store) CancelImport(ctx context.Context, id uuid.UUID) (i catalog.Import, err error) {
	key := uuidOf(id)
	err = s.inTransaction(ctx, func(tx pgx.Tx) error {
		i, err = scanImport(tx.QueryRow(ctx, cancelImport, key))
		if err == nil {
			_, err = tx.Exec(ctx, dropParts, key)
		}
		return err
	})
	if !errors.Is(err, catalog.ErrNotFound) {
		return i, err
	}
	if i, err = s.Import(ctx, id); err == nil && i.State != catalog.ImportCancelled {
		err = catalog.ErrImportEnded
	}
	return i, err
}

// CleanUp removes old imports and idempotency keys.
func (s *Store) CleanUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*statementTimeout)
	defer cancel()
	for _, statement := range []string{forgetImports, forgetKeys} {
		if _, err := s.pool.Exec(ctx, statement); err != nil {
			return s.translate(err)
		}
	}
	return nil
}

func scanImport(row pgx.Row) (i catalog.Import, err error) {
	err = row.Scan((*[16]byte)(&i.ID), &i.State, &i.DryRun, &i.Rows.OK, &i.Rows.Failed, &i.Rows.Created, &i.Rows.Updated,
		&i.Rows.Unchanged, &i.CreatedAt, &i.StartedAt, &i.FinishedAt, &i.Detail, &i.Size, &i.Done)
	return i, err
}
