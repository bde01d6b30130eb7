package postgres_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

func TestCancelledImportKeepsWhatItDid(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := submitImport(t, s, "x", ndjson, false)
	job := claim(t, s)
	if err := job.Apply(t.Context(), chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "a"})); err != nil {
		t.Fatal(err)
	}
	for range 2 { // to cancel it again is no error
		i, err := s.CancelImport(t.Context(), id)
		if err != nil || i.State != catalog.ImportCancelled || i.Rows.Created != 1 || i.FinishedAt == nil {
			t.Errorf("%+v, %v", i, err)
		}
	}
	if err := job.Apply(t.Context(), chunkOf(t, 2, catalog.ProductInput{SKU: "B", Name: "b"})); !errors.Is(err, catalog.ErrImportEnded) {
		t.Errorf("a chunk behind the end: %v", err)
	}
	if err := job.Finish(t.Context(), ""); !errors.Is(err, catalog.ErrImportEnded) {
		t.Errorf("its end: %v", err)
	}
	if bySKU(t, s, "A").Name != "a" {
		t.Error("what was done is undone")
	}
	if page, err := s.Products(t.Context(), catalog.Query{Limit: 10}); err != nil || len(page.Items) != 1 {
		t.Errorf("%d products, %v", len(page.Items), err)
	}
	if rest, err := io.ReadAll(job.Feed(t.Context(), 0)); err != nil || len(rest) > 0 {
		t.Errorf("its feed is kept: %d bytes, %v", len(rest), err)
	}
	wantNoClaim(t, s)
}

func TestImportThatWaitsIsCancelled(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := submitImport(t, s, feedOf(`{"sku":"A","name":"a"}`), ndjson, false)
	if i, err := s.CancelImport(t.Context(), id); err != nil || i.State != catalog.ImportCancelled || i.StartedAt != nil {
		t.Errorf("%+v, %v", i, err)
	}
	wantNoClaim(t, s)
}

// TestCancelWhileAChunkIsApplied: the chunk is in and counted, or is not.
func TestCancelWhileAChunkIsApplied(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	id := submitImport(t, s, "x", ndjson, false)
	job := claim(t, s)
	// The chunk waits for a product that somebody holds.
	create(t, s, "A", nil)
	holder, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close(t.Context())
	tx, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SELECT FROM product FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	applied := make(chan error, 1)
	go func() {
		applied <- job.Apply(t.Context(), chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "changed"}, catalog.ProductInput{SKU: "B", Name: "b"}))
	}()
	awaitLock(t, o.Database)
	if i, err := s.CancelImport(t.Context(), id); err != nil || i.State != catalog.ImportCancelled || i.Rows.OK != 0 {
		t.Errorf("%+v, %v", i, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-applied; !errors.Is(err, catalog.ErrImportEnded) {
		t.Errorf("the chunk: %v", err)
	}
	if p := bySKU(t, s, "A"); p.Version != 1 {
		t.Errorf("it became %+v", p)
	}
}

func TestImportThatEndedIsNotCancelled(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	i := importFeed(t, s, feedOf(`{"sku":"A","name":"a"}`), ndjson)
	if i, err := s.CancelImport(t.Context(), i.ID); !errors.Is(err, catalog.ErrImportEnded) || i.State != catalog.ImportSucceeded {
		t.Errorf("%+v, %v", i, err)
	}
	if _, err := s.CancelImport(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A", Name: "a"}).ID); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	if _, err := s.CancelImport(t.Context(), beginImport(t, s, ndjson, false)); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("one that is not whole: %v", err)
	}
}

func TestOnly20ImportsMayBeOpen(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first := submitImport(t, s, "x", ndjson, false)
	second := beginImport(t, s, ndjson, false)
	for range 18 {
		beginImport(t, s, ndjson, false)
	}
	request := catalog.ImportRequest{ID: newProduct(t, catalog.ProductInput{SKU: "A", Name: "a"}).ID, Options: []byte("{}")}
	if err := s.BeginImport(t.Context(), request); !errors.Is(err, catalog.ErrTooManyImports) {
		t.Errorf("the 21st: %v", err)
	}
	for name, end := range map[string]func() error{
		"cancel":  func() error { _, err := s.CancelImport(t.Context(), first); return err },
		"abandon": func() error { return s.AbandonImport(t.Context(), second) },
	} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
		beginImport(t, s, ndjson, false)
		if err := s.BeginImport(t.Context(), request); !errors.Is(err, catalog.ErrTooManyImports) {
			t.Errorf("after %s there is place for two: %v", name, err)
		}
	}
}

func TestAbandonLeavesWhatWasSubmitted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := submitImport(t, s, "x", ndjson, false)
	if err := s.AbandonImport(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(claim(t, s).Feed(t.Context(), 0)); err != nil || string(rest) != "x" {
		t.Errorf("%q, %v", rest, err)
	}
}

// TestRepeatOfAnImportIsTheFirstOne and leaves nothing of its own.
func TestRepeatOfAnImportIsTheFirstOne(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	key := catalog.IdempotencyKey{Key: "k", Request: sha256.Sum256([]byte("one"))}
	first := beginImport(t, s, ndjson, false)
	if i, repeated, err := s.SubmitImport(t.Context(), first, 10, &key); err != nil || repeated || i.ID != first {
		t.Fatalf("%+v, %t, %v", i, repeated, err)
	}
	second := beginImport(t, s, ndjson, false)
	if err := s.AppendImport(t.Context(), second, 0, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if i, repeated, err := s.SubmitImport(t.Context(), second, 10, &key); err != nil || !repeated || i.ID != first || i.Size != 10 {
		t.Errorf("%+v, %t, %v", i, repeated, err)
	}
	if n := countRows(t, o, "import_job"); n != 1 {
		t.Errorf("%d imports are kept", n)
	}
	if n := countRows(t, o, "import_part"); n != 0 {
		t.Errorf("%d parts are kept", n)
	}
	other := catalog.IdempotencyKey{Key: "k", Request: sha256.Sum256([]byte("two"))}
	third := beginImport(t, s, ndjson, false)
	if _, _, err := s.SubmitImport(t.Context(), third, 10, &other); !errors.Is(err, catalog.ErrKeyReused) {
		t.Errorf("another request: %v", err)
	}
	if _, err := s.Import(t.Context(), third); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("it is submitted nevertheless: %v", err)
	}
}

func countRows(t *testing.T, o postgres.Options, table string) (n int) {
	t.Helper()
	queryOne(t, o, "SELECT count(*) FROM "+table, &n)
	return n
}

// queryOne reads one value beside the store.
func queryOne(t *testing.T, o postgres.Options, query string, into any) {
	t.Helper()
	c, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if err := c.QueryRow(t.Context(), query).Scan(into); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}
