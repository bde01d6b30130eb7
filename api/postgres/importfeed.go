package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/klauspost/compress/zstd"
)

// nextPart is the part of a feed that holds the byte at an offset, or the next
// one.
const nextPart = `SELECT at, body FROM import_part WHERE import_id = $1
	AND at >= coalesce((SELECT max(at) FROM import_part WHERE import_id = $1 AND at <= $2), 0) ORDER BY at LIMIT 1`

// feedReader reads a feed's parts, one statement each.
type feedReader struct {
	ctx    context.Context
	store  *Store
	id     pgtype.UUID
	offset int64  // of what comes behind rest
	rest   []byte // of the part that was read
}

func (f *feedReader) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func (f *feedReader) next() error {
	ctx, cancel := context.WithTimeout(f.ctx, statementTimeout)
	defer cancel()
	var at int64
	var body []byte
	err := f.store.pool.QueryRow(ctx, nextPart, f.id, f.offset).Scan(&at, &body)
	if errors.Is(err, pgx.ErrNoRows) { // it goes when the import ends: whoever applies will hear of that
		return io.EOF
	}
	if err != nil {
		return f.store.translate(err)
	}
	part, err := decompress(body)
	if err != nil {
		return fmt.Errorf("the feed's part at byte %d: %w", at, err)
	}
	skip := f.offset - at
	if skip < 0 {
		return fmt.Errorf("the feed has no part for byte %d, the next one begins at %d", f.offset, at)
	}
	if skip >= int64(len(part)) {
		return io.EOF
	}
	f.rest, f.offset = part[skip:], at+int64(len(part))
	return nil
}

// Coders keep tables of a megabyte: one of a kind, made when it is needed.
var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		if err != nil { // the options are constants
			panic(err)
		}
		return e
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
		if err != nil {
			panic(err)
		}
		return d
	})
)

func compress(part []byte) []byte { return encoder().EncodeAll(part, nil) }

func decompress(body []byte) ([]byte, error) { return decoder().DecodeAll(body, nil) }
