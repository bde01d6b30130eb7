// Package feed reads and writes product feeds: CSV, TSV and NDJSON, record by
// record, in memory that does not grow with the feed.
//
// A feed comes from elsewhere and has faults, so a fault costs a row and never
// the feed: [Reader.Next] gives the row with its Err and goes on behind it.
// What a row says is not checked here beyond what it takes to read it: the
// values are for [catalog.NewProduct] to judge.
//
// An import of hours must survive a restart: [Reader.Position] says where the
// next record begins, and a Reader made with it gives the rows that were left.
package feed

import (
	"fmt"
	"slices"
	"strings"

	"catalog/api/catalog"
)

// Format is how a feed is written.
type Format string

// The formats of a feed.
const (
	// CSV is RFC 4180 with a header line.
	CSV Format = "csv"
	// TSV is IANA's text/tab-separated-values: a header line and no quoting.
	TSV Format = "tsv"
	// NDJSON is one product document of the API in each line.
	NDJSON Format = "ndjson"
)

// Formats are all of them.
var Formats = []Format{CSV, TSV, NDJSON}

// MaxRecord is how long a record may be, in bytes.
const MaxRecord = 1 << 20

// Options say how a feed is to be understood.
type Options struct {
	Format Format
	// Columns maps a field of the product to the feed's own column (or
	// member, in NDJSON): "sku": "UPCEAN". A column may serve several fields.
	// A field that is not named here is read from the column of its own name.
	// "attr.colour" is the product's attribute colour.
	Columns map[string]string
	// CategorySeparator makes the category column a path of names instead of
	// a category's id.
	CategorySeparator string
	// From is where the feed goes on: r begins at From.Offset then. Nil, or an
	// offset of 0, is the beginning.
	From *Position
}

// Position is where a record begins.
type Position struct {
	Offset int64 `json:"offset"` // in bytes, from the feed's beginning
	Line   int64 `json:"line"`   // 1 is the first
	// Header holds the columns of a CSV or TSV feed.
	Header []string `json:"header,omitempty"`
}

// Row is one record of a feed.
type Row struct {
	// Line is the line in which the record begins; 1 is the first.
	Line int64
	// SKU is set whenever it could be read, even where Err is set; a record
	// that is too long is not read.
	SKU string
	// Input is what the record says. Its strings share the record's memory:
	// clone what is kept for longer than the row.
	Input catalog.ProductInput
	// CategoryPath names the way to the category, with a CategorySeparator.
	CategoryPath []string
	// Err is what is wrong with the record, a *catalog.InvalidError.
	Err error
}

// Error says why a feed cannot be read at all.
type Error struct {
	// Parameter is what must change, such as map.sku; "" is the feed itself.
	Parameter string
	Detail    string
}

func (e *Error) Error() string {
	if e.Parameter == "" {
		return e.Detail
	}
	return e.Parameter + " " + e.Detail
}

func refuse(parameter, format string, args ...any) error {
	return &Error{Parameter: parameter, Detail: fmt.Sprintf(format, args...)}
}

func (f Format) check() error {
	if slices.Contains(Formats, f) {
		return nil
	}
	return refuse("format", "%q is unknown: use csv, tsv or ndjson", string(f))
}

// fault collects what is wrong with a record.
type fault struct{ violations []catalog.Violation }

// most is how many faults of a record are named: a record of a megabyte can
// have very many.
const most = 20

func (f *fault) add(pointer, format string, args ...any) {
	if len(f.violations) == most {
		return
	}
	if pointer == "" {
		format = "the record " + format
	}
	f.violations = append(f.violations, catalog.Violation{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

func (f *fault) err() error {
	if len(f.violations) == 0 {
		return nil
	}
	return &catalog.InvalidError{Violations: f.violations}
}

// excerpt is a value as a message shows it: quoted, and not all of a long one.
func excerpt(s string) string {
	const most = 40
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
