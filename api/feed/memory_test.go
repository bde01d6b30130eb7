package feed_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"catalog/api/feed"
)

// endless is a header and a line that goes on for very long.
func endless(format feed.Format, begin string) io.Reader {
	header := map[feed.Format]string{feed.CSV: "sku,name\n", feed.TSV: "sku\tname\n"}[format]
	return io.MultiReader(strings.NewReader(header+begin), io.LimitReader(filler{}, 64<<20), strings.NewReader("\n"))
}

type filler struct{}

func (filler) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestMemoryDoesNotGrowWithTheFeed is not parallel, since it looks at what the
// whole process allocates.
func TestMemoryDoesNotGrowWithTheFeed(t *testing.T) {
	for format, begin := range map[feed.Format]string{feed.CSV: "A,\"", feed.TSV: "A\t", feed.NDJSON: `{"sku":"`} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rows := 0
		r, err := feed.NewReader(endless(format, begin), feed.Options{Format: format})
		for ; err == nil; rows++ {
			_, err = r.Next()
		}
		runtime.ReadMemStats(&after)
		if !errors.Is(err, io.EOF) || rows != 2 { // the row and the end
			t.Errorf("%s ends after %d rows with %v", format, rows, err)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 4*feed.MaxRecord {
			t.Errorf("%s takes %d bytes of memory", format, grown)
		}
	}
}
