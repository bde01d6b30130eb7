package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"catalog/api/catalog"
	"catalog/api/feed"
)

// Bounds of a chunk: so much is taken, or lost with the task, at once.
const (
	chunkRows  = 1000
	chunkBytes = 4 << 20
)

// Options are how a feed is read, as an import keeps them.
type Options struct {
	Format            feed.Format       `json:"format"`
	Columns           map[string]string `json:"columns,omitempty"`
	CategorySeparator string            `json:"category_separator,omitempty"`
}

// Reader makes the feed's reader.
func (o Options) Reader(r io.Reader, from *feed.Position) (*feed.Reader, error) {
	return feed.NewReader(r, feed.Options{Format: o.Format, Columns: o.Columns, CategorySeparator: o.CategorySeparator, From: from})
}

// read gives what is left of a feed in chunks.
func (r *Runner) read(ctx context.Context, job catalog.ImportJob, to chan<- catalog.ImportChunk) error {
	var options Options
	if err := json.Unmarshal(job.Options(), &options); err != nil {
		return &failure{fmt.Errorf("the import's options cannot be read: %w", err)}
	}
	var from *feed.Position
	offset := int64(0)
	if at := job.Position(); at != nil {
		from = &feed.Position{}
		if err := json.Unmarshal(at, from); err != nil {
			return &failure{fmt.Errorf("the import's position cannot be read: %w", err)}
		}
		offset = from.Offset
	}
	reader, err := options.Reader(job.Feed(ctx, offset), from)
	if err != nil {
		return r.unreadable(ctx, job, err)
	}
	for {
		c, err := r.chunk(reader)
		if len(c.Rows) > 0 {
			select {
			case to <- c:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return r.unreadable(ctx, job, err)
		}
	}
}

// unreadable tells a feed that cannot be read, whose error is for the client,
// from a store that is away and from one that has lost a part of the feed.
func (r *Runner) unreadable(ctx context.Context, job catalog.ImportJob, err error) error {
	if _, ok := errors.AsType[*feed.Error](err); ok {
		return &failure{err}
	}
	if isAway(ctx, err) {
		return err
	}
	r.log.ErrorContext(ctx, "feed of an import cannot be read", "import", job.ID(), "error", err)
	return &failure{errors.New("the feed as it was stored cannot be read to its end: send it again")}
}

// chunk reads the next rows; the error is io.EOF behind the last one.
func (r *Runner) chunk(reader *feed.Reader) (c catalog.ImportChunk, err error) {
	start := reader.Position().Offset
	for len(c.Rows) < chunkRows && reader.Position().Offset-start < chunkBytes {
		row, next := reader.Next()
		if next != nil {
			err = next
			break
		}
		c.Rows = append(c.Rows, r.row(row))
	}
	at := reader.Position()
	c.Done = at.Offset
	position, marshal := json.Marshal(at)
	if marshal != nil {
		return c, marshal
	}
	c.Position = position
	return c, err
}

// row makes a product of a feed's row, or says what is wrong with it.
func (r *Runner) row(row feed.Row) catalog.ImportRow {
	made := catalog.ImportRow{Line: row.Line, SKU: strings.Clone(row.SKU), Err: row.Err}
	if made.Err != nil {
		return made
	}
	if len(row.CategoryPath) > 0 {
		if made.Err = checkPath(row.CategoryPath); made.Err != nil {
			return made
		}
		id := catalog.CategoryID(row.CategoryPath)
		row.Input.Category, made.CategoryPath = &id, row.CategoryPath
	}
	if made.Product, made.Err = catalog.NewProduct(row.Input, r.now()); made.Err != nil {
		return made
	}
	made.Document, made.Err = made.Product.Document()
	return made
}

// checkPath says what is wrong with a category of a path, at the row's own
// category.
func checkPath(path []string) error {
	if len(path) > catalog.MaxCategoryDepth {
		return catalog.Invalid("/category", fmt.Sprintf("must have at most %d levels, has %d", catalog.MaxCategoryDepth, len(path)))
	}
	for i, name := range path {
		in := catalog.CategoryInput{Name: name}
		if err := in.Check(catalog.CategoryID(path[:i+1])); err != nil {
			var invalid *catalog.InvalidError
			if errors.As(err, &invalid) {
				return catalog.Invalid("/category", fmt.Sprintf("%q %s", name, invalid.Violations[0].Detail))
			}
			return err
		}
	}
	return nil
}
