package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// manyRows make an import after which the planner's statistics are new.
func manyRows(n int, name string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `{"sku":"S-%d","name":"%s"}`+"\n", i, name)
	}
	return text.String()
}

func correct(t *testing.T, o postgres.Options, words string) string {
	t.Helper()
	var corrected *string
	queryOne(t, o, "SELECT catalog_correct('"+words+"')", &corrected)
	if corrected == nil {
		return ""
	}
	return *corrected
}

func popularity(t *testing.T, o postgres.Options, word string) (n int) {
	t.Helper()
	queryOne(t, o, "SELECT coalesce((SELECT products FROM search_word WHERE word = '"+word+"'), 0)", &n)
	return n
}

// TestWordsOfAnImportAreKnownAtItsEnd: more of them than one lot, each counted
// once, and no others.
func TestWordsOfAnImportAreKnownAtItsEnd(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	const rows = 12_000
	wantRows(t, importFeed(t, s, manyRows(rows, "Samovar чайник"), ndjson), rows, 0, 0, 0)
	if got := correct(t, o, "samovra"); got != "samovar" {
		t.Errorf("samovra is %q", got)
	}
	for word, want := range map[string]int{"samovar": rows, "чайник": rows, "kettle": 0} {
		if got := popularity(t, o, word); got != want {
			t.Errorf("%s occurs in %d products, want %d", word, got, want)
		}
	}
	wantRows(t, importFeed(t, s, manyRows(10, "Kettle"), ndjson), 0, 10, 0, 0)
	if got := popularity(t, o, "kettle"); got != 10 {
		t.Errorf("a word of changed products is counted %d times", got)
	}
	if got := popularity(t, o, "samovar"); got != rows {
		t.Errorf("a word of others is counted %d times", got)
	}
}

// TestWordsOfATaskThatDiedAreCounted: the task that goes on cannot know how far
// it had come.
func TestWordsOfATaskThatDiedAreCounted(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	id := submitImport(t, s, "x", ndjson, false)
	job := claim(t, s)
	if err := job.Apply(t.Context(), chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "Samovar"})); err != nil {
		t.Fatal(err)
	}
	job.Release()
	job = claim(t, s)
	if err := job.Apply(t.Context(), chunkOf(t, 2, catalog.ProductInput{SKU: "B", Name: "Kettle"})); err != nil {
		t.Fatal(err)
	}
	if err := job.Finish(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"samovar", "kettle"} {
		if got := popularity(t, o, word); got != 1 {
			t.Errorf("%s is counted %d times", word, got)
		}
	}
	if i, err := s.Import(t.Context(), id); err != nil || i.State != catalog.ImportSucceeded {
		t.Errorf("%+v, %v", i, err)
	}
}

func TestStatisticsAreNewAfterManyRows(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	importFeed(t, s, manyRows(1500, "Kettle"), ndjson)
	var rows float32
	queryOne(t, o, "SELECT reltuples FROM pg_class WHERE relname = 'product'", &rows)
	if rows != 1500 {
		t.Errorf("the planner thinks of %g products", rows)
	}
}

// TestCleanUpForgetsWhatNobodyAsksForAnyMore and nothing else.
func TestCleanUpForgetsWhatNobodyAsksForAnyMore(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	age := func(column, interval string, i catalog.Import) {
		t.Helper()
		var n int
		queryOne(t, o, "WITH u AS (UPDATE import_job SET "+column+" = now() - interval '"+interval+"' WHERE id = '"+i.ID.String()+"' RETURNING 1) SELECT count(*) FROM u", &n)
		if n != 1 {
			t.Fatal("no import aged")
		}
	}
	bad := feedOf(`{"sku":"A","name":""}`)
	old, young := importFeed(t, s, bad, ndjson), importFeed(t, s, bad, ndjson)
	age("finished_at", "7 days 1 minute", old)
	age("finished_at", "6 days 23 hours", young)
	lost, uploading := beginImport(t, s, ndjson, false), beginImport(t, s, ndjson, false)
	age("created_at", "61 minutes", catalog.Import{ID: lost})
	age("created_at", "59 minutes", catalog.Import{ID: uploading})
	waits := submitImport(t, s, bad, ndjson, false)
	age("created_at", "30 days", catalog.Import{ID: waits})
	if err := s.CleanUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(t.Context(), old.ID); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("an import of last week: %v", err)
	}
	for _, id := range []catalog.Import{young, {ID: waits}} {
		if _, err := s.Import(t.Context(), id.ID); err != nil {
			t.Errorf("%s: %v", id.ID, err)
		}
	}
	if n := countRows(t, o, "import_job"); n != 3 {
		t.Errorf("%d imports are kept", n)
	}
	if n := countRows(t, o, "import_error"); n != 1 {
		t.Errorf("%d bad rows are kept", n)
	}
}

// TestListedErrorsAreBounded: the last chunk that fits is cut, the others are
// counted alone.
func TestListedErrorsAreBounded(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	id := submitImport(t, s, "x", ndjson, false)
	var n int
	queryOne(t, o, fmt.Sprintf("WITH u AS (UPDATE import_job SET failed = %d RETURNING 1) SELECT count(*) FROM u", catalog.MaxImportErrors-2), &n)
	job := claim(t, s)
	for line := range int64(3) {
		c := catalog.ImportChunk{Position: []byte(`{}`)}
		for i := range int64(3) {
			c.Rows = append(c.Rows, catalog.ImportRow{Line: 10*line + i + 1, Err: catalog.Invalid("/sku", "must not be empty")})
		}
		if err := job.Apply(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	i, err := s.Import(t.Context(), id)
	if err != nil || i.Rows.Failed != catalog.MaxImportErrors+7 {
		t.Errorf("%+v, %v", i, err)
	}
	if bad, err := s.ImportErrors(t.Context(), id, 0, 100); err != nil || len(bad) != 2 || bad[1].Line != 2 || bad[1].SKU != nil {
		t.Errorf("%+v, %v", bad, err)
	}
}
