package main_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

const (
	ndjsonMedia = "application/x-ndjson"
	byPath      = "?category_separator=/"
)

// TestImportSurvivesTheDeathOfItsTask: another one goes on behind the last
// chunk that was committed, and no row is taken twice or not at all.
func TestImportSurvivesTheDeathOfItsTask(t *testing.T) {
	t.Parallel()
	for how, rows := range map[syscall.Signal]int64{syscall.SIGKILL: 12_000, syscall.SIGTERM: 6_000} {
		t.Run(how.String(), func(t *testing.T) {
			t.Parallel()
			d := newDatabase(t)
			first := d.serve()
			location := first.startImport(byPath, ndjsonMedia, seeded(t, fmt.Sprint(rows), "ndjson"))
			half := first.awaitImport(location, func(i importState) bool { return i.Rows.OK >= rows/5 })
			if half.Rows.OK >= rows {
				t.Fatalf("it is done: %+v", half)
			}
			first.signal(how)
			if how == syscall.SIGTERM {
				first.wantEnd()
			} else {
				first.command.Wait()
			}
			second := d.serve()
			runs := second.find("import runs")
			if from := fmt.Sprint(runs["from"]); !strings.Contains(from, `"offset":`) {
				t.Errorf("it goes on from %q", from)
			}
			i := second.wantSuccess(location)
			if i.Rows.OK != rows || i.Rows.Created != rows || i.Rows.Failed != 0 || i.Rows.Total == nil || *i.Rows.Total != rows {
				t.Errorf("%+v", i.Rows)
			}
			var found, versions, parts int64
			d.one("SELECT count(*) FROM product", &found)
			d.one("SELECT max(version) FROM product", &versions)
			d.one("SELECT count(*) FROM import_part", &parts)
			if found != rows || versions != 1 || parts != 0 {
				t.Errorf("%d products up to version %d, %d parts of the feed", found, versions, parts)
			}
		})
	}
}
