package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

const (
	// countWords counts the words of some products. ts_stat takes a query as
	// text. The words come in one order, whoever counts them: two transactions
	// wait for each other and never in a circle.
	countWords = countWordsOf + `id = ANY (%L::uuid[])', $1::uuid[]` + addCounted
	// countWordsSince does so for all that was written since a moment.
	countWordsSince = countWordsOf + `updated_at >= %L', $1::timestamptz` + addCounted

	countWordsOf = `INSERT INTO search_word SELECT word, ndoc FROM ts_stat(format(
			'SELECT catalog_words(name, brand, description) FROM product WHERE `
	addCounted = `)) WHERE length(word) BETWEEN 3 AND 60 ORDER BY word
		ON CONFLICT (word) DO UPDATE SET products = search_word.products + excluded.products`
	longStatement = `SET LOCAL statement_timeout = '15min'`
)

const (
	// wordLot is how many products' words are counted at once: a word that
	// many have is then written once for all of them.
	wordLot = 10_000
	// clockSkew is how far the clocks of a task and of the database, which
	// wrote updated_at and started_at, may be apart.
	clockSkew = time.Minute
)

// wordCount counts the words of what an import writes on a connection of the
// pool, one lot while the chunks behind it are applied.
type wordCount struct {
	store *Store
	ids   []pgtype.UUID // products whose words are to be counted
	lot   chan error    // the lot that is being counted, nil where none is
	// incomplete: a task that ended before its words were counted, or a lot
	// that failed, left some out. All are counted at the end then; a few
	// twice, which a popularity can bear.
	incomplete bool
}

// add takes products that a chunk has written, for good.
func (w *wordCount) add(ctx context.Context, ids []pgtype.UUID) {
	if w.incomplete {
		return
	}
	if w.ids = append(w.ids, ids...); len(w.ids) < wordLot {
		return
	}
	w.await()
	lot, done := w.ids, make(chan error, 1)
	w.ids, w.lot = nil, done
	go func() {
		ctx, cancel := context.WithTimeout(ctx, statementTimeout)
		defer cancel()
		done <- w.count(ctx, w.store.pool, countWords, lot)
	}()
}

// count counts words in one transaction, and tells those who keep lists: a text
// that was corrected, or was not, may be otherwise now.
func (w *wordCount) count(ctx context.Context, in interface {
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}, statement string, of any,
) error {
	var batch pgx.Batch
	batch.Queue(statement, of)
	batch.Queue("SELECT pg_notify($1, '')", channel)
	return in.SendBatch(ctx, &batch).Close()
}

// await waits for the lot that is being counted.
func (w *wordCount) await() {
	if w.lot == nil {
		return
	}
	if err := <-w.lot; err != nil {
		w.incomplete, w.ids = true, nil
	}
	w.lot = nil
}

// finish counts what is left.
func (w *wordCount) finish(ctx context.Context, conn *pgx.Conn, since time.Time) error {
	w.await()
	if !w.incomplete && len(w.ids) == 0 {
		return nil
	}
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, longStatement); err != nil {
			return err
		}
		if w.incomplete {
			return w.count(ctx, tx, countWordsSince, since.Add(-clockSkew))
		}
		return w.count(ctx, tx, countWords, w.ids)
	})
	if err == nil {
		w.incomplete, w.ids = false, nil
	}
	return err
}
