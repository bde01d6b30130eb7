package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"catalog/api/catalog"
)

const (
	// lazily leaves the disk behind: a crash of the server may lose the last
	// chunks, and with each of them that it was taken, so that it is taken
	// again. The import's end waits for the disk, and for all that came before.
	lazily = `SET LOCAL synchronous_commit = off`
	// lockExisting locks in the order of ids, as every import does.
	lockExisting = `SELECT sku, document FROM product WHERE sku = ANY ($1) ORDER BY id FOR UPDATE`
	// progress is one row per import: a cancelled one answers none.
	progress = `UPDATE import_job SET position = $2, done = $3, created = created + $4, updated = updated + $5,
			unchanged = unchanged + $6, failed = failed + $7
		WHERE id = $1 AND state = 'running' RETURNING failed - $7`
)

// chunk is what becomes of a chunk's rows.
type chunk struct {
	existing map[string]*catalog.Product // by SKU; before the chunk, then as its rows leave them
	fresh    map[string]int              // by SKU, where in created
	created  []catalog.ImportRow
	changed  map[string]catalog.Product
	errors   []catalog.ImportError
	// What the rows did; one that changes a product that the chunk itself
	// created updates it.
	creations, updates, unchanged int64
}

// Apply takes a chunk in one transaction.
func (j *job) Apply(ctx context.Context, c catalog.ImportChunk) error {
	ctx, cancel := context.WithTimeout(ctx, applyTimeout)
	defer cancel()
	var became *chunk
	err := pgx.BeginFunc(ctx, j.conn, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, lazily); err != nil {
			return err
		}
		if became, err = j.sort(ctx, tx, c.Rows); err != nil {
			return err
		}
		if !j.dryRun {
			if err := became.write(ctx, tx); err != nil {
				return err
			}
		}
		return j.record(ctx, tx, c, became)
	})
	if err != nil {
		clear(j.known) // a category that it relied on may be gone
		return j.store.translate(err)
	}
	j.position = c.Position
	if !j.dryRun {
		j.words.add(j.working, became.written())
	}
	return nil
}

// sort finds out what each row does, in their order: the last one of a SKU
// wins.
func (j *job) sort(ctx context.Context, tx pgx.Tx, rows []catalog.ImportRow) (*chunk, error) {
	missing, err := j.categories(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	c := &chunk{fresh: map[string]int{}, changed: map[string]catalog.Product{}}
	if c.existing, err = existing(ctx, tx, rows); err != nil {
		return nil, err
	}
	now := time.Now()
	for _, row := range rows {
		if row.Err == nil && row.Product.Category != nil && missing[*row.Product.Category] {
			row.Err = catalog.Invalid("/category", "there is no such category")
		}
		if row.Err == nil {
			row.Err = c.take(row, now)
		}
		if row.Err == nil {
			continue
		}
		bad, err := importError(row)
		if err != nil {
			return nil, err
		}
		c.errors = append(c.errors, bad)
	}
	return c, nil
}

func (c *chunk) take(row catalog.ImportRow, now time.Time) error {
	sku := row.Product.SKU
	old, exists := c.existing[sku]
	if i, ok := c.fresh[sku]; ok {
		if same(c.created[i].Product, row.Product) {
			c.unchanged++
			return nil
		}
		row.Product.ID, row.Document.ID = c.created[i].Product.ID, c.created[i].Product.ID
		var err error
		if row.Document, err = row.Product.Document(); err != nil {
			return err
		}
		c.created[i] = row
		c.updates++
		return nil
	}
	if !exists {
		c.fresh[sku] = len(c.created)
		c.created = append(c.created, row)
		c.creations++
		return nil
	}
	if same(*old, row.Product) {
		c.unchanged++
		return nil
	}
	next, err := old.With(row.Product.Input(), now)
	if err != nil {
		return err
	}
	c.existing[sku], c.changed[sku] = &next, next
	c.updates++
	return nil
}

// same says whether two products have the same content.
func same(a, b catalog.Product) bool { return a.Input().Equal(b.Input()) }

func importError(row catalog.ImportRow) (catalog.ImportError, error) {
	var invalid *catalog.InvalidError
	if !errors.As(row.Err, &invalid) {
		return catalog.ImportError{}, fmt.Errorf("line %d: %w", row.Line, row.Err)
	}
	bad := catalog.ImportError{Line: row.Line, Errors: invalid.Violations}
	if row.SKU != "" {
		sku := strings.ReplaceAll(strings.ToValidUTF8(row.SKU, "\uFFFD"), "\x00", "\uFFFD") // as PostgreSQL takes it
		bad.SKU = &sku
	}
	return bad, nil
}

// existing locks and reads the products that have the rows' SKUs.
func existing(ctx context.Context, tx pgx.Tx, rows []catalog.ImportRow) (map[string]*catalog.Product, error) {
	skus := make([]string, 0, len(rows))
	for _, row := range rows {
		if row.Err == nil {
			skus = append(skus, row.Product.SKU)
		}
	}
	found, err := tx.Query(ctx, lockExisting, skus)
	if err != nil {
		return nil, err
	}
	all := map[string]*catalog.Product{}
	var sku string
	var document []byte
	_, err = pgx.ForEachRow(found, []any{&sku, &document}, func() error {
		p, err := productOf(document)
		all[sku] = &p
		return err
	})
	return all, err
}

// written are the ids of the products that it creates or changes.
func (c *chunk) written() []pgtype.UUID {
	ids := make([]pgtype.UUID, 0, len(c.created)+len(c.changed))
	for i := range c.created {
		ids = append(ids, uuidOf(c.created[i].Product.ID))
	}
	for _, p := range c.changed {
		ids = append(ids, uuidOf(p.ID))
	}
	return ids
}

// write stores new products with COPY and changed ones in one round trip.
func (c *chunk) write(ctx context.Context, tx pgx.Tx) error {
	if len(c.created) > 0 {
		// In one order, whoever writes them: two that have the same new SKUs
		// wait for each other and never in a circle.
		slices.SortFunc(c.created, func(a, b catalog.ImportRow) int { return strings.Compare(a.Product.SKU, b.Product.SKU) })
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"product"}, productColumns, pgx.CopyFromSlice(len(c.created), func(i int) ([]any, error) {
			return productRow(c.created[i].Product, c.created[i].Document)
		}))
		if err != nil {
			return err
		}
	}
	if len(c.changed) == 0 {
		return nil
	}
	var batch pgx.Batch
	for _, p := range c.changed {
		d, err := p.Document()
		if err != nil {
			return err
		}
		row, err := productRow(p, d)
		if err != nil {
			return err
		}
		batch.Queue(updateProduct, row...)
	}
	return tx.SendBatch(ctx, &batch).Close()
}

// record notes how far the import is, in the chunk's own transaction.
func (j *job) record(ctx context.Context, tx pgx.Tx, c catalog.ImportChunk, became *chunk) error {
	var before int64
	err := tx.QueryRow(ctx, progress, j.key(), c.Position, c.Done, became.creations, became.updates, became.unchanged,
		int64(len(became.errors))).Scan(&before)
	if errors.Is(err, pgx.ErrNoRows) {
		return own{catalog.ErrImportEnded}
	}
	if err != nil {
		return err
	}
	listed := became.errors[:max(0, min(int64(len(became.errors)), catalog.MaxImportErrors-before))]
	if len(listed) == 0 {
		return nil
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"import_error"}, []string{"import_id", "line", "sku", "errors"},
		pgx.CopyFromSlice(len(listed), func(i int) ([]any, error) {
			violations, err := json.Marshal(listed[i].Errors)
			return []any{j.key(), listed[i].Line, listed[i].SKU, violations}, err
		}))
	return err
}
