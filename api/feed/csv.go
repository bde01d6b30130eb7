package feed

import (
	"bytes"
	"strings"
)

// csvRecord is a record of RFC 4180 at the window's beginning.
//
// Quoting is strict: a quote opens a field only as its first byte, and what
// closes it must be followed by a comma or the line's end. Where that breaks,
// nobody knows where the record was meant to end, and a stray quote would take
// everything up to the next one with it. So a record whose quoting is broken
// costs its first line, and the next record begins in the line behind it.
type csvRecord struct {
	content, whole int // its length without and with its line end
	lines          int64
	// broken says why it is no record, "" if it is one; then the fields before
	// intact are sound.
	broken string
	intact int
}

// Where a scan of a record stands.
const (
	atField   = iota // at the first byte of a field
	inPlain          // in a field without quotes
	inQuotes         // in a field with quotes
	atQuote          // behind a quote in such a field: its end, or half of ""
	behindCR         // behind a CR that follows such a field
	maxWindow = MaxRecord + len("\r\n")
)

// csvScan finds a record's end in as many pieces as the window comes in.
type csvScan struct {
	state int
	at    int // the next byte
	field int // where the field began
	lines int64
}

// findCSV finds the record at the window's beginning. tooLong says that it does
// not end within the length that a record may have.
func findCSV(s *source) (record csvRecord, tooLong bool, err error) {
	scan := csvScan{}
	for {
		w := s.window()
		broken, ended := scan.run(w[:min(len(w), maxWindow)])
		switch {
		case broken != "":
			return csvRecord{broken: broken, intact: scan.field}, false, nil
		case ended:
			return scan.record(w, scan.at+1)
		case scan.at >= maxWindow:
			return csvRecord{}, true, nil
		}
		if s.more() {
			continue
		}
		if err := s.failed(); err != nil {
			return csvRecord{}, false, err
		}
		if scan.state == inQuotes {
			return csvRecord{broken: "has a quote that is never closed: close it", intact: scan.field}, false, nil
		}
		return scan.record(s.window(), scan.at)
	}
}

// record is the record whose content ends at the scan's place.
func (c *csvScan) record(w []byte, whole int) (csvRecord, bool, error) {
	content := c.at
	if content > 0 && w[content-1] == '\r' {
		content--
	}
	return csvRecord{content: content, whole: whole, lines: c.lines + 1}, content > MaxRecord, nil
}

// run goes on until the record's line end, where it stays, or the end of w.
func (c *csvScan) run(w []byte) (broken string, ended bool) {
	for ; c.at < len(w); c.at++ {
		b := w[c.at]
		switch {
		case c.state == inQuotes:
			i := bytes.IndexByte(w[c.at:], '"')
			if i < 0 {
				i = len(w) - c.at
			} else {
				c.state = atQuote
			}
			c.lines += int64(bytes.Count(w[c.at:c.at+i], []byte{'\n'}))
			c.at += min(i, len(w)-c.at-1) // the loop steps behind it
		case b == '\n':
			return "", true
		case c.state == behindCR || c.state == atQuote && b != '"' && b != ',' && b != '\r':
			return "has a quoted field that goes on behind its closing quote: write a quote within a field twice", false
		case c.state == atQuote && b == '"':
			c.state = inQuotes
		case b == ',':
			c.state, c.field = atField, c.at+1
		case c.state == atQuote: // a CR
			c.state = behindCR
		case c.state == atField && b == '"':
			c.state = inQuotes
		case b == '"':
			return "has a quote within a field that is not quoted: quote the field and write the quote twice", false
		default:
			c.state = inPlain
		}
	}
	return "", false
}

// splitCSV appends the fields of a record that findCSV found sound.
func splitCSV(fields []string, record string) []string {
	for {
		var value string
		if strings.HasPrefix(record, `"`) {
			value, record = cutQuoted(record[1:])
			fields = append(fields, value)
			if record == "" {
				return fields
			}
			record = record[1:] // the comma
			continue
		}
		i := strings.IndexByte(record, ',')
		if i < 0 {
			return append(fields, record)
		}
		fields, record = append(fields, record[:i]), record[i+1:]
	}
}

// cutQuoted cuts what follows an opening quote behind the closing one.
func cutQuoted(s string) (value, rest string) {
	doubled := false
	for end := 0; ; end += 2 {
		i := strings.IndexByte(s[end:], '"')
		if i < 0 { // not in a sound record
			return s, ""
		}
		if end += i; end+1 < len(s) && s[end+1] == '"' {
			doubled = true
			continue
		}
		if value = s[:end]; doubled {
			value = strings.ReplaceAll(value, `""`, `"`)
		}
		return value, s[end+1:]
	}
}

// splitTSV appends the fields of a line.
func splitTSV(fields []string, line string) []string {
	for {
		i := strings.IndexByte(line, '\t')
		if i < 0 {
			return append(fields, line)
		}
		fields, line = append(fields, line[:i]), line[i+1:]
	}
}
