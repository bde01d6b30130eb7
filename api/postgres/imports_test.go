package postgres_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/imports"
	"catalog/api/postgres"
)

// How the tests' feeds are read: ids of categories, or paths.
var (
	ndjson      = imports.Options{Format: feed.NDJSON}
	ndjsonPaths = imports.Options{Format: feed.NDJSON, CategorySeparator: "/"}
)

// importPatience is how long a test waits for what takes milliseconds.
const importPatience = 30 * time.Second

// beginImport makes place for a feed.
func beginImport(t testing.TB, s *postgres.Store, o imports.Options, dryRun bool) uuid.UUID {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.BeginImport(t.Context(), catalog.ImportRequest{ID: id, DryRun: dryRun, Options: text}); err != nil {
		t.Fatal(err)
	}
	return id
}

// submitImport hands a feed over in parts, as an upload does.
func submitImport(t testing.TB, s *postgres.Store, text string, o imports.Options, dryRun bool) uuid.UUID {
	t.Helper()
	id := beginImport(t, s, o, dryRun)
	const size = 256 << 10
	for at := 0; at < len(text); at += size {
		if err := s.AppendImport(t.Context(), id, int64(at), []byte(text[at:min(at+size, len(text))])); err != nil {
			t.Fatal(err)
		}
	}
	if _, repeated, err := s.SubmitImport(t.Context(), id, int64(len(text)), nil); err != nil || repeated {
		t.Fatal(repeated, err)
	}
	return id
}

// runImports works on imports until the test ends or stop is called.
func runImports(t testing.TB, s *postgres.Store) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { imports.NewRunner(s, slog.New(slog.DiscardHandler), time.Now).Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return stop
}

// endOf waits for an import's end.
func endOf(t testing.TB, s *postgres.Store, id uuid.UUID) catalog.Import {
	t.Helper()
	for deadline := time.Now().Add(importPatience); ; time.Sleep(2 * time.Millisecond) {
		i, err := s.Import(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if i.State != catalog.ImportRunning {
			return i
		}
		if time.Now().After(deadline) {
			t.Fatalf("the import does not end: %+v", i)
		}
	}
}

// importFeed imports a feed and answers how it ended.
func importFeed(t testing.TB, s *postgres.Store, text string, o imports.Options) catalog.Import {
	t.Helper()
	stop := runImports(t, s)
	defer stop()
	return endOf(t, s, submitImport(t, s, text, o, false))
}

// wantRows compares what an import's rows became: created, updated, unchanged
// and failed.
func wantRows(t *testing.T, i catalog.Import, created, updated, unchanged, failed int64) {
	t.Helper()
	want := catalog.ImportRows{OK: created + updated + unchanged, Failed: failed, Created: created, Updated: updated, Unchanged: unchanged}
	if i.State != catalog.ImportSucceeded || i.Rows != want {
		t.Errorf("the import is %+v, detail %v; want the rows %+v", i, i.Detail, want)
	}
}

// bySKU answers the product that has a SKU.
func bySKU(t testing.TB, s *postgres.Store, sku string) (p catalog.Product) {
	t.Helper()
	page, err := s.Products(t.Context(), catalog.Query{Filter: catalog.Filter{SKU: sku}, Limit: 1})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%s: %d products, %v", sku, len(page.Items), err)
	}
	if err := json.Unmarshal(page.Items[0].JSON, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// feedOf joins documents of NDJSON.
func feedOf(documents ...string) string { return strings.Join(documents, "\n") + "\n" }
