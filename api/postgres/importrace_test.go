package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"catalog/api/catalog"
)

// TestImportsOfTheSameProductsAtOnce: two tasks, each with an import of the
// same SKUs and new categories in another order. Neither loses a row.
func TestImportsOfTheSameProductsAtOnce(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	const rows = 3000
	feedBy := func(name string) string {
		all := make([]string, rows)
		for i := range all {
			all[i] = fmt.Sprintf(`{"sku":"S-%d","name":"%s","category":"c%d/d%d"}`, i, name, i%7, i%100)
		}
		rand.Shuffle(rows, func(i, j int) { all[i], all[j] = all[j], all[i] })
		return feedOf(all...)
	}
	a, b := open(t, o), open(t, o)
	first, second := submitImport(t, a, feedBy("one"), ndjsonPaths, false), submitImport(t, b, feedBy("two"), ndjsonPaths, false)
	runImports(t, a)
	runImports(t, b)
	i, j := endOf(t, a, first), endOf(t, b, second)
	for _, i := range []catalog.Import{i, j} {
		if i.State != catalog.ImportSucceeded || i.Rows.OK != rows || i.Rows.Failed != 0 {
			t.Errorf("%+v, %v", i, i.Detail)
		}
	}
	if i.Rows.Created+j.Rows.Created != rows || i.Rows.Updated+j.Rows.Updated != rows {
		t.Errorf("%+v and %+v: every product is created once and updated once", i.Rows, j.Rows)
	}
	page, err := a.Products(t.Context(), catalog.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range page.Items {
		if d.Version != 2 {
			t.Errorf("version %d of %s", d.Version, d.JSON)
		}
	}
}

// TestProductThatIsCreatedMeanwhileIsUpdated: the chunk meets a SKU that
// appeared behind its look, and is tried again.
func TestProductThatIsCreatedMeanwhileIsUpdated(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	id := submitImport(t, s, "x", ndjson, false)
	job := claim(t, s)
	writer, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close(context.Background())
	tx, err := writer.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Another writer's product, which nobody sees until it commits.
	if _, err := tx.Exec(t.Context(), `INSERT INTO product (id, sku, name, description, attributes, images, stock, status, version, created_at, updated_at, document)
		VALUES ('019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04', 'B', 'theirs', '', '{}', '[]', 0, 'active', 1, now(), now(), convert_to('{"id":"019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04","sku":"B","name":"theirs","attributes":{},"images":[],"version":1,"status":"active"}', 'UTF8'))`); err != nil {
		t.Fatal(err)
	}
	c := chunkOf(t, 1, catalog.ProductInput{SKU: "A", Name: "a"}, catalog.ProductInput{SKU: "B", Name: "b"})
	applied := make(chan error, 1)
	go func() { applied <- job.Apply(t.Context(), c) }()
	awaitLock(t, o.Database)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-applied; !errors.Is(err, catalog.ErrDuplicateSKU) {
		t.Fatalf("the first attempt: %v", err)
	}
	if err := job.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	i, err := s.Import(t.Context(), id)
	if err != nil || i.Rows != (catalog.ImportRows{OK: 2, Created: 1, Updated: 1}) {
		t.Errorf("%+v, %v", i, err)
	}
	if p := bySKU(t, s, "B"); p.Name != "b" || p.Version != 2 {
		t.Errorf("it became %+v", p)
	}
}

// awaitLock waits until somebody waits for a lock in a database.
func awaitLock(t *testing.T, database string) {
	t.Helper()
	c, err := connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for deadline := time.Now().Add(importPatience); ; time.Sleep(time.Millisecond) {
		var waits bool
		if err := c.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock')", database).Scan(&waits); err != nil {
			t.Fatal(err)
		}
		if waits {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody waits for a lock")
		}
	}
}

// TestProductsThatAreCreatedDuringAnImport: whoever comes first, each SKU is
// one product, and every row of the import counts.
func TestProductsThatAreCreatedDuringAnImport(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const rows = 2000
	var text strings.Builder
	for i := range rows {
		fmt.Fprintf(&text, `{"sku":"S-%d","name":"imported"}`+"\n", i)
	}
	id := submitImport(t, s, text.String(), ndjson, false)
	var writers sync.WaitGroup
	created := make([]int, 2)
	for w := range created {
		writers.Go(func() {
			for i := w; i < rows; i += 20 {
				p, err := catalog.NewProduct(catalog.ProductInput{SKU: fmt.Sprint("S-", i), Name: "written"}, time.Now())
				if err != nil {
					t.Error(err)
					return
				}
				switch err := insert(t.Context(), s, p); {
				case err == nil:
					created[w]++
				case !errors.Is(err, catalog.ErrDuplicateSKU):
					t.Errorf("S-%d: %v", i, err)
				}
			}
		})
	}
	runImports(t, s)
	i := endOf(t, s, id)
	writers.Wait()
	if i.State != catalog.ImportSucceeded || i.Rows.OK != rows || i.Rows.Created+int64(created[0]+created[1]) != rows {
		t.Errorf("%+v, %v; %v were written beside it", i.Rows, i.Detail, created)
	}
}
