package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// exportColumns are the columns of a CSV that holds all of a product.
var exportColumns = []string{
	"id", "sku", "gtin", "name", "description", "brand", "category", "price", "currency", "stock", "status",
	"images", "attributes", "version", "created_at", "updated_at",
}

// writeAt is how much is gathered before it is written.
const writeAt = 64 << 10

// Writer writes a feed. What it hands to its writer at once is whole records,
// so that a feed which ends too early does not end within one.
//
// A value that a spreadsheet program would take for a formula is data like any
// other and stays as it is: an export that changed it could not be read back.
type Writer struct {
	w       io.Writer
	columns []string // nil: NDJSON
	pending []byte
	values  []string // of one record's columns, used again for the next
	err     error
}

// NewWriter begins a feed in CSV, with its header at once, or in NDJSON. The
// columns of a CSV are all that a product has, unless some are named.
func NewWriter(w io.Writer, f Format, columns ...string) (*Writer, error) {
	writer := &Writer{w: w}
	switch f {
	case NDJSON:
		return writer, nil
	case CSV:
	case TSV:
		return nil, refuse("format", "tsv can only be read, since it cannot hold a text with tabs or line ends: use csv or ndjson")
	default:
		return nil, refuse("format", "%q is unknown: use csv or ndjson", string(f))
	}
	writer.columns = exportColumns
	if len(columns) > 0 {
		writer.columns = slices.Clone(columns)
	}
	writer.values = slices.Clone(writer.columns)
	writer.row()
	return writer, writer.Flush()
}

// Write adds a product, by its JSON document.
func (w *Writer) Write(document []byte) error {
	if w.err != nil {
		return w.err
	}
	if w.columns == nil {
		w.line(document)
	} else if err := w.read(document); err != nil {
		return err
	} else {
		w.row()
	}
	if len(w.pending) >= writeAt {
		return w.Flush()
	}
	return nil
}

// Flush hands over what was gathered.
func (w *Writer) Flush() error {
	if w.err == nil && len(w.pending) > 0 {
		_, w.err = w.w.Write(w.pending)
		w.pending = w.pending[:0]
	}
	return w.err
}

// line adds a document as it is, or without its line ends, which NDJSON cannot
// have within a record.
func (w *Writer) line(document []byte) {
	if bytes.ContainsAny(document, "\r\n") {
		var compact bytes.Buffer
		if json.Compact(&compact, document) == nil {
			document = compact.Bytes()
		}
	}
	w.pending = append(append(w.pending, document...), '\n')
}

// read finds the columns' values in a document. Objects and arrays stay JSON.
func (w *Writer) read(document []byte) error {
	clear(w.values)
	var f fault
	c := cursor{text: string(document), fault: &f}
	if c.peek() != '{' {
		return fmt.Errorf("a product's document must be a JSON object, and is %s", excerpt(c.text))
	}
	c.members(func(name string) {
		if name == "price" && c.peek() == '{' {
			c.members(func(part string) {
				switch part {
				case "amount":
					w.set("price", c.verbatim())
				case "currency":
					w.set("currency", c.verbatim())
				default:
					c.skip(0)
				}
			})
			return
		}
		w.set(name, c.verbatim())
	})
	if c.end(); c.broken {
		return fmt.Errorf("a product's document cannot be written: %w", f.err())
	}
	return nil
}

func (w *Writer) set(column, value string) {
	if i := slices.Index(w.columns, column); i >= 0 {
		w.values[i] = value
	}
}

// verbatim consumes a value: the content of a string, nothing for null, and the
// JSON itself of any other.
func (c *cursor) verbatim() string {
	if c.peek() == '"' {
		return c.quoted()
	}
	if c.null() {
		return ""
	}
	begin := c.at
	c.skip(0)
	return c.text[begin:c.at]
}

// row adds the values as a record of RFC 4180.
func (w *Writer) row() {
	for i, value := range w.values {
		if i > 0 {
			w.pending = append(w.pending, ',')
		}
		if !strings.ContainsAny(value, "\",\r\n") {
			w.pending = append(w.pending, value...)
			continue
		}
		w.pending = append(w.pending, '"')
		for {
			before, after, found := strings.Cut(value, `"`)
			w.pending = append(w.pending, before...)
			if !found {
				break
			}
			w.pending = append(w.pending, `""`...)
			value = after
		}
		w.pending = append(w.pending, '"')
	}
	w.pending = append(w.pending, "\r\n"...)
}
