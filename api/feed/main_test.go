package feed_test

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"catalog/api/catalog"
	"catalog/api/feed"
)

func ptr[T any](v T) *T { return &v }

// readAll reads a feed to its end, byte by byte as well, which must not change
// what it says.
func readAll(t *testing.T, text string, o feed.Options) []feed.Row {
	t.Helper()
	rows := rowsOf(t, strings.NewReader(text), o)
	if slow := rowsOf(t, iotest.OneByteReader(strings.NewReader(text)), o); !reflect.DeepEqual(rows, slow) {
		t.Errorf("read byte by byte it says\n%+v, not\n%+v", slow, rows)
	}
	return rows
}

func rowsOf(t *testing.T, r io.Reader, o feed.Options) []feed.Row {
	t.Helper()
	reader, err := feed.NewReader(r, o)
	if err != nil {
		t.Fatal(err)
	}
	var rows []feed.Row
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// one reads a feed of one row without a fault.
func one(t *testing.T, text string, o feed.Options) feed.Row {
	t.Helper()
	rows := readAll(t, text, o)
	if len(rows) != 1 || rows[0].Err != nil {
		t.Fatalf("it has the rows %+v, want one that is sound", rows)
	}
	return rows[0]
}

// wantFaults reads a feed and compares line, SKU and the pointers of each fault.
func wantFaults(t *testing.T, text string, o feed.Options, want ...seen) {
	t.Helper()
	var got []seen
	for _, row := range readAll(t, text, o) {
		got = append(got, seen{row.Line, row.SKU, pointers(t, row.Err)})
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the feed\n%s\nhas the rows\n%+v, want\n%+v", text, got, want)
	}
}

// seen is a row as wantFaults compares it.
type seen struct {
	line     int64
	sku      string
	pointers string // "ok", or where the faults are
}

func pointers(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return "ok"
	}
	var invalid *catalog.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("the fault is %v, not an InvalidError", err)
	}
	var all []string
	for _, v := range invalid.Violations {
		if v.Detail == "" {
			t.Errorf("the fault at %s says nothing", v.Pointer)
		}
		all = append(all, v.Pointer)
	}
	return strings.Join(all, " ")
}

// wantRefused wants a feed refused for a parameter, in words.
func wantRefused(t *testing.T, text string, o feed.Options, parameter string, words ...string) {
	t.Helper()
	_, err := feed.NewReader(strings.NewReader(text), o)
	var refused *feed.Error
	if !errors.As(err, &refused) || refused.Parameter != parameter {
		t.Errorf("%q with %+v is answered %v, want one about %q", text, o, err, parameter)
		return
	}
	for _, word := range append(words, parameter) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}
