package feed

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Reader reads a feed record by record.
type Reader struct {
	format   Format
	source   *source
	position Position
	columns  columns  // of CSV and TSV
	members  *members // of NDJSON
	reading  reading
	record   []string // the fields of one record, used again for the next
}

// NewReader begins to read a feed, up to the end of its header. An *Error says
// why the feed cannot be read with these options; any other is r's own.
func NewReader(r io.Reader, o Options) (*Reader, error) {
	if err := o.Format.check(); err != nil {
		return nil, err
	}
	if err := checkMapping(o.Columns); err != nil {
		return nil, err
	}
	f := &Reader{format: o.Format, source: newSource(r, 0, 1), reading: reading{separator: o.CategorySeparator}}
	if err := f.open(o.From); err != nil {
		return nil, err
	}
	var err error
	if f.format == NDJSON {
		f.members, err = findMembers(o.Columns)
	} else {
		f.columns, err = findColumns(f.position.Header, o.Columns)
	}
	return f, err
}

// open goes to where the records begin.
func (f *Reader) open(from *Position) error {
	if from == nil || from.Offset == 0 {
		return f.openBeginning()
	}
	if from.Offset < 0 || from.Line < 1 || f.format != NDJSON && len(from.Header) == 0 {
		return refuse("", "the position at byte %d, line %d, with %d columns is not one that a feed had: take one from Position", from.Offset, from.Line, len(from.Header))
	}
	f.source.offset, f.source.line = from.Offset, from.Line
	f.position = Position{Offset: from.Offset, Line: from.Line, Header: slices.Clone(from.Header)}
	return nil
}

func (f *Reader) openBeginning() error {
	empty, err := f.source.skipMark()
	if err != nil {
		return err
	}
	switch {
	case empty && f.format == NDJSON:
		return refuse("", "the feed is empty: send at least one record")
	case empty:
		return refuse("", "the feed is empty: send a header line with the names of the columns, and the records behind it")
	case f.format == NDJSON:
		f.moved()
		return nil
	}
	return f.readHeader()
}

func (f *Reader) readHeader() error {
	record, broken, err := f.next()
	switch {
	case errors.Is(err, io.EOF):
		return refuse("", "the feed holds blank lines alone: send a header line with the names of the columns, and the records behind it")
	case err != nil:
		return err
	case broken != "":
		return refuse("", "the header line %s", broken)
	case !utf8.ValidString(record):
		return refuse("", "the header line is not UTF-8: save the feed as UTF-8 and send it again")
	}
	header := slices.Clone(f.split(record))
	for i := range header {
		header[i] = strings.Clone(strings.TrimSpace(header[i]))
	}
	f.position.Header = header
	f.moved()
	return nil
}

// moved notes that everything before the source's place has been given.
func (f *Reader) moved() { f.position.Offset, f.position.Line = f.source.offset, f.source.line }

// Position is where the record behind the last row that Next gave begins.
func (f *Reader) Position() Position { return f.position }

// Next gives the next row, io.EOF at the end, or the error that ended r before.
func (f *Reader) Next() (Row, error) {
	record, broken, err := f.next()
	if err != nil {
		return Row{}, err
	}
	r := &f.reading
	if broken != "" {
		r.fault.add("", "%s", broken)
	}
	switch {
	case f.format == NDJSON && broken == "":
		f.members.read(r, record)
	case f.format != NDJSON:
		f.fields(record, broken != "")
	}
	f.moved()
	return r.end(), nil
}

// fields reads a record of columns, or what is sound of a broken one.
func (f *Reader) fields(record string, broken bool) {
	r := &f.reading
	fields := f.split(record)
	switch {
	case broken:
		r.sku(&f.columns, fields)
	case len(fields) != f.columns.width:
		r.fault.add("", "has %d fields and the header has %d: give every record one field for each column", len(fields), f.columns.width)
		r.sku(&f.columns, fields)
	case !utf8.ValidString(record):
		r.notUTF8(&f.columns, fields)
		r.sku(&f.columns, fields)
	default:
		r.fields(&f.columns, fields)
	}
}

// keptFields is room for the fields of any honest record: a megabyte of commas
// takes much more, and must not keep it.
const keptFields = 4096

// split cuts a record into its fields, which stay until the next one.
func (f *Reader) split(record string) []string {
	clear(f.record) // what is kept here keeps whole records in memory
	if cap(f.record) > keptFields {
		f.record = nil
	}
	if f.record = f.record[:0]; record == "" {
		return f.record
	}
	if f.format == CSV {
		f.record = splitCSV(f.record, record)
	} else {
		f.record = splitTSV(f.record, record)
	}
	return f.record
}

// next consumes the next record, which the reading begins with. Of a broken
// one it answers what is wrong and the part that is sound, and consumes the
// line in which it begins.
func (f *Reader) next() (record, broken string, err error) {
	s := f.source
	content, whole, tooLong, err := s.nextLine(f.blanks())
	if err != nil {
		return "", "", err
	}
	f.reading.begin(s.line)
	found := csvRecord{content: content, whole: whole, lines: 1}
	if !tooLong && f.format == CSV && bytes.IndexByte(s.window()[:content], '"') >= 0 {
		if found, tooLong, err = findCSV(s); err != nil {
			return "", "", err
		}
	}
	switch {
	case tooLong:
		return "", "is longer than 1 MiB, the most that a record may be: shorten it", s.skipLine()
	case found.broken != "":
		sound := string(s.window()[:max(0, found.intact-len(","))])
		return sound, found.broken, s.skipLine()
	}
	record = string(s.window()[:found.content])
	s.consume(found.whole, found.lines)
	return record, "", nil
}

// blanks are what a line may hold and still be blank. A tab separates fields
// in TSV.
func (f *Reader) blanks() string {
	if f.format == TSV {
		return " "
	}
	return " \t"
}
