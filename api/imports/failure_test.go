package imports_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"catalog/api/catalog"
	"catalog/api/feed"
)

// wantFailed holds an import to one end, and to a sentence without a word of
// the store's.
func wantFailed(t *testing.T, j *memoryJob, word string) {
	t.Helper()
	if j.state != catalog.ImportFailed || !strings.Contains(j.detail, word) || strings.Contains(j.detail, "SQLSTATE") || strings.Contains(j.detail, "40P01") {
		t.Errorf("it is %s: %q, want one that says %q", j.state, j.detail, word)
	}
}

func TestFeedThatCannotBeReadFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for feedText, word := range map[string]string{"": "the feed is empty", "name\nKettle\n": "map.sku must name a column", "\xff\xfe\n": "not UTF-8"} {
			j := &memoryJob{feed: feedText, options: options(feed.CSV, "")}
			m := &memory{}
			m.add(j)
			work(m)
			wantFailed(t, j, word)
		}
	})
}

func TestOptionsAndPositionsOfAnotherVersionFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for word, j := range map[string]*memoryJob{
			"options": {options: []byte(`[1]`)}, "xml": {options: options("xml", "")},
			"position": {position: []byte(`"x"`)}, "line 0": {position: []byte(`{"offset":1,"line":0}`), feed: document("A-1")},
		} {
			m := &memory{}
			m.add(j)
			work(m)
			wantFailed(t, j, word)
		}
	})
}

// TestStoredFeedWithAHoleFails: what is before the hole is taken.
func TestStoredFeedWithAHoleFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := &memoryJob{feed: document("A-1"), reader: func(r io.Reader) io.Reader { return io.MultiReader(r, iotest.ErrReader(errDatabase)) }}
		m := &memory{}
		m.add(j)
		log := work(m)
		wantFailed(t, j, "send it again")
		if skus(j.rows()) != "A-1" || !strings.Contains(log, "SQLSTATE 40P01") {
			t.Errorf("rows %q, log %s", skus(j.rows()), log)
		}
	})
}

// TestChunkIsTriedFiveTimes: what other writers caused goes by; what does not
// ends the import, which would stand in the way of the others.
func TestChunkIsTriedFiveTimes(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int]string{0: "succeeded", 1: "succeeded", 4: "succeeded", 5: "failed"} {
		t.Run(fmt.Sprint(failures), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m, j := &memory{}, &memoryJob{feed: document("A-1")}
				j.apply = func(catalog.ImportChunk) error {
					if j.tried <= failures {
						return errDatabase
					}
					return nil
				}
				next := &memoryJob{feed: document("B-1")}
				m.add(j)
				m.add(next)
				_, log, stop := start(m)
				time.Sleep(5 * time.Second)
				stop()
				if j.tried != min(failures+1, 5) || j.state != want || next.state != catalog.ImportSucceeded {
					t.Errorf("tried %d times, it is %s: %s; the next one is %s", j.tried, j.state, j.detail, next.state)
				}
				if failures == 5 {
					wantFailed(t, j, "the 1 rows from line 1 on could not be stored in 5 attempts")
				}
				if got := strings.Count(log.String(), "SQLSTATE 40P01"); got != failures {
					t.Errorf("the log says it %d times: %s", got, log)
				}
			})
		})
	}
}

func TestEndThatIsNotTakenFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, j := &memory{}, &memoryJob{feed: document("A-1")}
		asked := 0
		j.finish = func(detail string) error {
			if asked++; detail == "" {
				return errDatabase
			}
			return nil
		}
		m.add(j)
		_, _, stop := start(m)
		time.Sleep(5 * time.Second)
		stop()
		if wantFailed(t, j, "could not be stored"); asked != 6 {
			t.Errorf("it was asked to finish %d times", asked)
		}
	})
}

// TestStoreThatIsAwayIsAskedAgain: for as long as it takes. What was applied
// is not applied again.
func TestStoreThatIsAwayIsAskedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, j := &memory{}, &memoryJob{feed: strings.Repeat(document("A-1"), 1500)}
		back := time.Now().Add(time.Minute)
		j.apply = func(c catalog.ImportChunk) error {
			if c.Rows[0].Line > 1 && time.Now().Before(back) {
				return fmt.Errorf("%w: %w", catalog.ErrUnavailable, io.EOF)
			}
			return nil
		}
		m.add(j)
		_, log, stop := start(m)
		time.Sleep(time.Minute + 2*time.Second)
		stop()
		if j.state != catalog.ImportSucceeded || len(j.chunks) != 2 || j.released < 50 || j.offsets[len(j.offsets)-1] != j.chunks[0].Done {
			t.Errorf("it is %s: %s, with %d chunks, claimed %d times", j.state, j.detail, len(j.chunks), j.released)
		}
		if strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "meets an error") {
			t.Errorf("the log is %.500s", log)
		}
	})
}

func TestCancelledImportEndsQuietly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, j := range map[string]*memoryJob{
			"while it is applied": {apply: func(catalog.ImportChunk) error { return catalog.ErrImportEnded }},
			"at its end":          {finish: func(string) error { return catalog.ErrImportEnded }},
		} {
			j.feed = strings.Repeat(document("A-1"), 5000)
			m := &memory{}
			j.state = catalog.ImportCancelled
			m.add(j)
			end := j.apply
			j.apply = func(c catalog.ImportChunk) error {
				j.state = catalog.ImportCancelled // by someone else
				if end != nil {
					return end(c)
				}
				return nil
			}
			log := work(m)
			if j.state != catalog.ImportCancelled || j.released != 1 || j.detail != "" || !strings.Contains(log, "import was cancelled") || strings.Contains(log, "level=WARN") {
				t.Errorf("%s: it is %s: %q, released %d times; the log is %s", name, j.state, j.detail, j.released, log)
			}
		}
	})
}

// TestPanicFailsTheImportAndNotTheTask: nor every other task, one by one.
func TestPanicFailsTheImportAndNotTheTask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, j := range map[string]*memoryJob{
			"reading":  {reader: func(io.Reader) io.Reader { panic(errors.New("boom")) }},
			"applying": {apply: func(catalog.ImportChunk) error { panic("boom") }},
		} {
			j.feed = document("A-1")
			m := &memory{}
			m.add(j)
			log := work(m)
			wantFailed(t, j, "tell the operator the import's id")
			if !strings.Contains(log, "boom") || !strings.Contains(log, "failure_test.go") || j.released != 1 {
				t.Errorf("%s: the log is %s", name, log)
			}
		}
	})
}
