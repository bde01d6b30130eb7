package postgres_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"catalog/api/catalog"
	"catalog/api/imports"
	"catalog/api/postgres"
)

// claim claims the one import that waits. The server frees one that was
// released a moment later, when it has seen that its connection is closed.
func claim(t testing.TB, s *postgres.Store) catalog.ImportJob {
	t.Helper()
	for deadline := time.Now().Add(importPatience); ; time.Sleep(time.Millisecond) {
		job, err := s.ClaimImport(t.Context())
		if err != nil || job == nil && time.Now().After(deadline) {
			t.Fatalf("nothing to claim: %v", err)
		}
		if job != nil {
			t.Cleanup(job.Release)
			return job
		}
	}
}

// awaitFree waits until nobody works on any import.
func awaitFree(t *testing.T, o postgres.Options) {
	t.Helper()
	for deadline := time.Now().Add(importPatience); ; time.Sleep(time.Millisecond) {
		var held int
		queryOne(t, o, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", &held)
		if held == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d imports are held", held)
		}
	}
}

func wantNoClaim(t *testing.T, s *postgres.Store) {
	t.Helper()
	if job, err := s.ClaimImport(t.Context()); err != nil || job != nil {
		t.Errorf("it claims %v, %v", job, err)
	}
}

// chunkOf makes a chunk that begins in a line.
func chunkOf(t *testing.T, line int64, inputs ...catalog.ProductInput) (c catalog.ImportChunk) {
	t.Helper()
	for i, in := range inputs {
		p := newProduct(t, in)
		d, err := p.Document()
		if err != nil {
			t.Fatal(err)
		}
		c.Rows = append(c.Rows, catalog.ImportRow{Line: line + int64(i), SKU: p.SKU, Product: p, Document: d})
	}
	c.Done = line + int64(len(inputs))
	c.Position = json.RawMessage(fmt.Sprintf(`{"offset":%d,"line":%d}`, c.Done, c.Done))
	return c
}

// inPath puts a row into the category of a path.
func inPath(row *catalog.ImportRow, path ...string) {
	id := catalog.CategoryID(path)
	row.Product.Category, row.CategoryPath = &id, path
	row.Document, _ = row.Product.Document()
}

func TestImportFromBeginToEnd(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := beginImport(t, s, ndjson, false)
	if _, err := s.Import(t.Context(), id); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("it is seen before it is whole: %v", err)
	}
	wantNoClaim(t, s)
	text := strings.Repeat("x", 300_000) + "end"
	for at := 0; at < len(text); at += 100_000 {
		if err := s.AppendImport(t.Context(), id, int64(at), []byte(text[at:min(len(text), at+100_000)])); err != nil {
			t.Fatal(err)
		}
	}
	i, repeated, err := s.SubmitImport(t.Context(), id, int64(len(text)), nil)
	if err != nil || repeated || i.ID != id || i.State != catalog.ImportRunning || i.Size != int64(len(text)) || i.StartedAt != nil || i.FinishedAt != nil {
		t.Errorf("%+v, %t, %v", i, repeated, err)
	}
	if _, _, err := s.SubmitImport(t.Context(), id, 1, nil); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("submitted twice: %v", err)
	}

	job := claim(t, s)
	var options imports.Options
	if err := json.Unmarshal(job.Options(), &options); err != nil || job.ID() != id || job.Position() != nil || options.Format != "ndjson" {
		t.Errorf("%s, %s, %s, %v", job.ID(), job.Position(), job.Options(), err)
	}
	for _, from := range []int64{0, 1, 99_999, 100_000, 100_001, 299_999, 300_000, 300_002, 300_003, 400_000} {
		rest, err := io.ReadAll(job.Feed(t.Context(), from))
		if err != nil || string(rest) != text[min(from, int64(len(text))):] {
			t.Errorf("from byte %d on: %d bytes, %v", from, len(rest), err)
		}
	}
	if err := job.Apply(t.Context(), chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "a"}, catalog.ProductInput{SKU: "B", Name: "b"})); err != nil {
		t.Fatal(err)
	}
	if i, err = s.Import(t.Context(), id); err != nil || i.Rows.OK != 2 || i.Done != 3 || i.StartedAt == nil || i.FinishedAt != nil {
		t.Errorf("%+v, %v", i, err)
	}
	if err := job.Finish(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if i, err = s.Import(t.Context(), id); err != nil || i.State != catalog.ImportSucceeded || i.FinishedAt == nil || i.Detail != nil {
		t.Errorf("%+v, %v", i, err)
	}
	if rest, err := io.ReadAll(job.Feed(t.Context(), 0)); err != nil || len(rest) > 0 {
		t.Errorf("its feed is kept: %d bytes, %v", len(rest), err)
	}
	if err := job.Apply(t.Context(), chunkOf(t, 9, catalog.ProductInput{SKU: "C", Name: "c"})); !errors.Is(err, catalog.ErrImportEnded) {
		t.Errorf("a chunk behind the end: %v", err)
	}
	if err := job.Finish(t.Context(), "again"); !errors.Is(err, catalog.ErrImportEnded) {
		t.Errorf("a second end: %v", err)
	}
	wantNoClaim(t, s)
}

func TestImportThatFailedSaysWhy(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := submitImport(t, s, "x", ndjson, false)
	if err := claim(t, s).Finish(t.Context(), "the feed is blue"); err != nil {
		t.Fatal(err)
	}
	if i, err := s.Import(t.Context(), id); err != nil || i.State != catalog.ImportFailed || i.Detail == nil || *i.Detail != "the feed is blue" || i.FinishedAt == nil {
		t.Errorf("%+v, %v", i, err)
	}
}

// TestOnlyOneTaskWorksOnAnImport until it leaves it or is gone; the next one
// goes on behind what was applied.
func TestOnlyOneTaskWorksOnAnImport(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, other := open(t, o), open(t, o)
	first := submitImport(t, s, "x", ndjson, false)
	job := claim(t, s)
	wantNoClaim(t, other)
	wantNoClaim(t, s)
	second := submitImport(t, s, "y", ndjson, false)
	next := claim(t, other)
	if next.ID() != second {
		t.Errorf("it claims %s, not the one that waits", next.ID())
	}
	next.Release()
	c := chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "a"})
	if err := job.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	job.Release()
	awaitFree(t, o)
	job = claim(t, other)
	if job.ID() != first || string(job.Position()) != string(c.Position) {
		t.Errorf("it claims %s at %s, want the oldest one at %s", job.ID(), job.Position(), c.Position)
	}
	// A task that is killed loses its connection, and nothing else tells.
	terminate(t, o, "state = 'idle' AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')")
	if err := job.Apply(t.Context(), chunkOf(t, 2, catalog.ProductInput{SKU: "B", Name: "b"})); !errors.Is(err, catalog.ErrUnavailable) {
		t.Errorf("on a connection that was lost: %v", err)
	}
	awaitFree(t, o)
	if again := claim(t, s); again.ID() != first || string(again.Position()) != string(c.Position) {
		t.Errorf("it claims %s at %s", again.ID(), again.Position())
	}
}

// terminate ends connections to a database, and waits until they have ended.
func terminate(t *testing.T, o postgres.Options, which string) {
	t.Helper()
	query := "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = '" + o.Database + "' AND " + which
	c, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for deadline := time.Now().Add(importPatience); ; {
		var n int
		if err := c.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no connection is %s", which)
		}
	}
}
