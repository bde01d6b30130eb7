package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// awaitWait returns when a session of a database waits for a lock.
func awaitWait(t *testing.T, o postgres.Options) {
	t.Helper()
	c := raw(t, o) // one in a transaction would see the sessions as they were
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var waits bool
		err := c.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock')`, o.Database).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		if waits {
			return
		}
	}
	t.Fatal("nobody waits")
}

// TestWriterThatBecomesAReaderIsLeft: after a fail-over the old writer still
// answers, and refuses each write until the pool connects anew, which finds
// the new one.
func TestWriterThatBecomesAReaderIsLeft(t *testing.T) {
	t.Parallel()
	o := copyOf(t, template)
	readOnly := func(how string) {
		t.Helper()
		if err := administer(t.Context(), "ALTER DATABASE "+o.Database+" SET default_transaction_read_only = "+how); err != nil {
			t.Fatal(err)
		}
	}
	readOnly("on")
	s := open(t, o)
	// Several connections, each to the server that is now a reader.
	c := raw(t, o)
	exec(t, c, "BEGIN; SET TRANSACTION READ WRITE; LOCK TABLE category IN ACCESS EXCLUSIVE MODE")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := s.Categories(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for s.Usage().InUse < 4 {
		time.Sleep(time.Millisecond)
	}
	exec(t, c, "ROLLBACK")
	group.Wait()
	if idle := s.Usage().Idle; idle != 4 {
		t.Fatalf("%d idle connections, want 4", idle)
	}

	readOnly("off") // there is a writer again, which new sessions find
	p := newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"})
	if err := insert(t.Context(), s, p); !errors.Is(err, catalog.ErrUnavailable) {
		t.Errorf("the first write: %v, want ErrUnavailable", err)
	}
	for range 4 { // none of the old connections is left
		if err := insert(t.Context(), s, newProduct(t, catalog.ProductInput{SKU: p.ID.String(), Name: "Kettle"})); err != nil {
			t.Fatalf("the next write: %v", err)
		}
		p.ID[15]++
	}
}

// TestEndedWaitsAreOutages: whatever ends a statement that waits, the caller
// is told to try again and the connection is as good as a new one.
func TestEndedWaitsAreOutages(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	p := create(t, s, "A-1", nil)
	for name, end := range map[string]string{
		"cancelled":  "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
		"terminated": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'",
	} {
		exec(t, c, "BEGIN; UPDATE product SET stock = 1")
		ended := make(chan error, 1)
		go func() {
			_, err := s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) { in.Stock = 2 }))
			ended <- err
		}()
		awaitWait(t, o)
		exec(t, c, end, o.Database)
		if err := <-ended; !errors.Is(err, catalog.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		exec(t, c, "ROLLBACK")
	}
	if _, err := s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) { in.Stock = 2 })); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestWriteOfARequestThatIsOver changes nothing: whoever asked is told that it
// failed.
func TestWriteOfARequestThatIsOver(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	p := create(t, s, "A-1", nil)
	exec(t, c, "BEGIN; UPDATE product SET stock = 1")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := s.UpdateProduct(ctx, p.ID, edit(func(in *catalog.ProductInput) { in.Stock = 2 }))
		ended <- err
	}()
	awaitWait(t, o)
	cancel()
	if err := <-ended; !errors.Is(err, catalog.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("the answer is %v", err)
	}
	exec(t, c, "ROLLBACK")
	if got, err := read(t, s, p.ID); err != nil || got.Stock != 0 || got.Version != 1 {
		t.Errorf("it became %+v, %v", got, err)
	}
}
