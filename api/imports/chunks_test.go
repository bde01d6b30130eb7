package imports_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"catalog/api/catalog"
	"catalog/api/feed"
)

// work lets a runner take what waits.
func work(m *memory) (log string) {
	_, text, stop := start(m)
	synctest.Wait()
	stop()
	return text.String()
}

func TestChunksHave1000Rows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		for i := range 2500 {
			text.WriteString(document(fmt.Sprintf("A-%04d", i)))
		}
		j := &memoryJob{feed: text.String()}
		m := &memory{}
		m.add(j)
		work(m)
		if len(j.chunks) != 3 || len(j.chunks[0].Rows) != 1000 || len(j.chunks[1].Rows) != 1000 || len(j.chunks[2].Rows) != 500 {
			t.Fatalf("%d chunks", len(j.chunks))
		}
		for i, row := range j.rows() {
			if want := fmt.Sprintf("A-%04d", i); row.SKU != want || row.Product.SKU != want || row.Line != int64(i+1) || row.Err != nil || row.Document.ID != row.Product.ID {
				t.Fatalf("row %d is %+v", i, row)
			}
		}
		if j.state != catalog.ImportSucceeded || j.released != 1 {
			t.Errorf("it is %s, released %d times", j.state, j.released)
		}
	})
}

// TestChunksEndBehind4MiB: however few rows that is, and however much longer
// the last one makes it.
func TestChunksEndBehind4MiB(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("x", 900<<10)
		var text strings.Builder
		for i := range 11 {
			fmt.Fprintf(&text, `{"sku":"A-%d","name":"P","description":%q}`+"\n", i, long)
		}
		j := &memoryJob{feed: text.String()}
		m := &memory{}
		m.add(j)
		work(m)
		if len(j.chunks) != 3 || len(j.chunks[0].Rows) != 5 || len(j.chunks[1].Rows) != 5 || len(j.chunks[2].Rows) != 1 {
			t.Fatalf("%d chunks", len(j.chunks))
		}
		for _, row := range j.rows() { // a description may have 20,000 characters
			if row.Err == nil {
				t.Errorf("row %s is taken", row.SKU)
			}
		}
	})
}

// TestPositionsAreWhereTheNextRecordBegins: a runner that is given one goes on
// there, with the header of the beginning.
func TestPositionsAreWhereTheNextRecordBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		text.WriteString("name,sku\n")
		for i := range 2100 {
			fmt.Fprintf(&text, "\"Two\nlines\",A-%d\n", i)
		}
		first := &memoryJob{feed: text.String(), options: options(feed.CSV, "")}
		m := &memory{}
		m.add(first)
		work(m)
		if len(first.chunks) != 3 {
			t.Fatalf("%d chunks", len(first.chunks))
		}
		for i, c := range first.chunks {
			var at feed.Position
			if err := json.Unmarshal(c.Position, &at); err != nil {
				t.Fatal(err)
			}
			if c.Done != at.Offset || i < 2 && !strings.HasPrefix(first.feed[at.Offset:], fmt.Sprintf("\"Two\nlines\",A-%d\n", (i+1)*1000)) {
				t.Errorf("chunk %d ends at %d, done %d", i, at.Offset, c.Done)
			}
			rest := &memoryJob{feed: first.feed, options: first.options, position: c.Position}
			m := &memory{}
			m.add(rest)
			work(m)
			if got, want := skus(rest.rows()), skus(first.rows()[min((i+1)*1000, 2100):]); got != want || rest.offsets[0] != at.Offset {
				t.Errorf("from chunk %d, byte %d, on it has the rows %.40s…, want %.40s…", i, rest.offsets[0], got, want)
			}
			if rest.state != catalog.ImportSucceeded {
				t.Errorf("it is %s: %s", rest.state, rest.detail)
			}
		}
	})
}

func TestFeedWithAHeaderAloneSucceeds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := &memoryJob{feed: "sku,name\r\n", options: options(feed.CSV, "")}
		m := &memory{}
		m.add(j)
		work(m)
		if j.state != catalog.ImportSucceeded || j.tried != 0 {
			t.Errorf("it is %s: %s, with %d chunks", j.state, j.detail, j.tried)
		}
	})
}
