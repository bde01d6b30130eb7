// Package seed makes product catalogs of any size, for trials and load tests.
//
// The same seed gives the same bytes on every machine, and a larger catalog
// begins with the smaller one of its seed. The products are invented, and
// distributed as real ones are: few brands and categories have most of them,
// prices are log-normal, some are not priced, some are sold out, and a tenth of
// the names is Cyrillic.
package seed

import (
	"fmt"
	"io"

	"catalog/api/feed"
)

// Options say which catalog is made.
type Options struct {
	Products int
	Seed     uint64
}

// MaxProducts is how many products a catalog may have: as many as there are
// bar codes for.
const MaxProducts = 1_000_000_000

// reportEach is how many products lie between two calls of progress.
const reportEach = 1_000

// columns are what a CSV of the catalog has: what an import reads.
var columns = []string{
	"sku", "gtin", "name", "description", "brand", "category", "price", "currency", "stock", "status", "images", "attributes",
}

// Check says what is wrong with options and a format, before anything is written.
func Check(f feed.Format, o Options) error {
	if o.Products < 1 || o.Products > MaxProducts {
		return fmt.Errorf("a catalog of %d products cannot be made: ask for 1 to %d", o.Products, MaxProducts)
	}
	if f != feed.CSV && f != feed.NDJSON {
		return fmt.Errorf("a catalog cannot be made in the format %q: use csv or ndjson", string(f))
	}
	return nil
}

// Write writes a catalog in CSV or NDJSON. A category is written as its path of
// names, with "/" between them. progress, unless it is nil, is called now and
// then with how many products have been made. What w gets at once is whole
// records.
func Write(w io.Writer, f feed.Format, o Options, progress func(written int)) error {
	if err := Check(f, o); err != nil {
		return err
	}
	out, err := feed.NewWriter(w, f, columns...)
	if err != nil {
		return err
	}
	g := newGenerator(o.Seed)
	var document []byte
	for i := 1; i <= o.Products; i++ {
		document = g.appendProduct(document[:0], i)
		if err := out.Write(document); err != nil {
			return err
		}
		if progress != nil && i%reportEach == 0 {
			progress(i)
		}
	}
	return out.Flush()
}
