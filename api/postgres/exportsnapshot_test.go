package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// TestExportIsOneMoment: what is written while it is read is not in it.
func TestExportIsOneMoment(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	importFeed(t, s, manyRows(5000, "before"), ndjson)
	seen := map[string]bool{}
	err := s.Export(t.Context(), func(document []byte) error {
		var p catalog.Product
		if err := json.Unmarshal(document, &p); err != nil {
			return err
		}
		if p.Name != "before" || p.Version != 1 || seen[p.SKU] {
			return fmt.Errorf("%s is in it", document)
		}
		if seen[p.SKU] = true; len(seen) > 1 {
			return nil
		}
		importFeed(t, s, manyRows(6000, "after"), ndjson)
		return s.DeleteProduct(t.Context(), bySKU(t, s, "S-4999").ID, func(int64) error { return nil })
	})
	if err != nil || len(seen) != 5000 {
		t.Errorf("%d products, %v", len(seen), err)
	}
}

func TestExportOfNothing(t *testing.T) {
	t.Parallel()
	if err := open(t, optionsFor(shared)).Export(t.Context(), func([]byte) error { return errors.New("a product") }); err != nil {
		t.Error(err)
	}
}

// TestExportEndsWithItsReader: by its context or by what the reader answers,
// without reading the rest, and nothing holds a connection then.
func TestExportEndsWithItsReader(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	importFeed(t, s, manyRows(2000, "Kettle"), ndjson)
	// Documents of a megabyte: far more than a connection's buffers hold.
	var n int
	queryOne(t, o, `WITH u AS (UPDATE product SET document = convert_to('{"a":"' || repeat('x', 1000000) || '"}', 'UTF8') WHERE sku LIKE 'S-1__' RETURNING 1) SELECT count(*) FROM u`, &n)
	full := errors.New("the disk is full")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		give func() error
		want error
	}{
		"its reader fails":  {t.Context(), func() error { return full }, full},
		"its context ends":  {ctx, func() error { cancel(); return nil }, catalog.ErrUnavailable},
		"its reader panics": {t.Context(), func() error { panic(full) }, nil},
	} {
		given := 0
		err := func() (err error) {
			defer func() {
				if p := recover(); p != nil && c.want != nil {
					t.Errorf("%s: %v", name, p)
				}
			}()
			return s.Export(c.ctx, func([]byte) error { given++; return c.give() })
		}()
		if !errors.Is(err, c.want) || given > 100 {
			t.Errorf("%s: %v after %d products", name, err, given)
		}
		wantIdle(t, s)
	}
}

// wantIdle waits until no connection of a store is in use.
func wantIdle(t *testing.T, s *postgres.Store) {
	t.Helper()
	for deadline := time.Now().Add(importPatience); s.Usage().InUse > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are in use", s.Usage().InUse)
		}
	}
}
