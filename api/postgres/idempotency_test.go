package postgres_test

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// key is an idempotency key of a request.
func key(name, request string) *catalog.IdempotencyKey {
	return &catalog.IdempotencyKey{Key: name, Request: sha256.Sum256([]byte(request))}
}

// times is how many products there are.
func times(t *testing.T, s *postgres.Store) int64 {
	t.Helper()
	got, err := s.Summarize(t.Context(), catalog.SummaryQuery{Total: catalog.TotalExact})
	if err != nil {
		t.Fatal(err)
	}
	return *got.Total
}

// TestRepeatedRequestIsAnsweredAsTheFirst: as it was then, even when the
// product has changed or gone, and no second one is made.
func TestRepeatedRequestIsAnsweredAsTheFirst(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"})
	first, repeated, err := s.CreateProduct(t.Context(), p, key("k", "request"))
	if err != nil || repeated {
		t.Fatalf("the first: %v, repeated is %v", err, repeated)
	}
	repeat := func(when string) {
		t.Helper()
		again := newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}) // with an id of its own
		d, repeated, err := s.CreateProduct(t.Context(), again, key("k", "request"))
		if err != nil || !repeated || d.ID != first.ID || d.Version != 1 || string(d.JSON) != string(first.JSON) {
			t.Errorf("%s: repeated is %v, %v: %+v", when, repeated, err, d)
		}
	}
	repeat("at once")
	if _, err := s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) { in.Stock = 5 })); err != nil {
		t.Fatal(err)
	}
	repeat("after a change")
	if err := s.DeleteProduct(t.Context(), p.ID, func(int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	repeat("after its end")
	if n := times(t, s); n != 0 {
		t.Errorf("%d products", n)
	}
}

func TestKeyOfAnotherRequestIsRefused(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	if _, _, err := s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}), key("k", "one")); err != nil {
		t.Fatal(err)
	}
	other := newProduct(t, catalog.ProductInput{SKU: "A-2", Name: "Kettle"})
	if _, _, err := s.CreateProduct(t.Context(), other, key("k", "another")); !errors.Is(err, catalog.ErrKeyReused) {
		t.Errorf("the answer is %v", err)
	}
	if _, _, err := s.CreateProduct(t.Context(), other, key("K", "another")); err != nil {
		t.Errorf("a key is what is written, capitals and all: %v", err)
	}
	if n := times(t, s); n != 2 {
		t.Errorf("%d products", n)
	}
}

// TestFailedRequestLeavesItsKey free: the client mends the request and sends
// it again.
func TestFailedRequestLeavesItsKey(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	create(t, s, "A-1", nil)
	if _, _, err := s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}), key("k", "one")); !errors.Is(err, catalog.ErrDuplicateSKU) {
		t.Errorf("a duplicate: %v", err)
	}
	if _, repeated, err := s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A-2", Name: "Kettle"}), key("k", "two")); err != nil || repeated {
		t.Errorf("its key is taken: %v, repeated is %v", err, repeated)
	}
}

// TestKeyInFlight: while the first request is being answered nobody knows how
// it ends, and a second one does not wait for it.
func TestKeyInFlight(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	exec(t, c, "BEGIN; LOCK TABLE product IN SHARE MODE") // the first one's insert waits
	first := make(chan error, 1)
	go func() {
		_, _, err := s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}), key("k", "one"))
		first <- err
	}()
	awaitWait(t, o)
	for _, request := range []string{"one", "two"} {
		_, _, err := s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}), key("k", request))
		if !errors.Is(err, catalog.ErrKeyInFlight) {
			t.Errorf("request %s meanwhile: %v", request, err)
		}
	}
	exec(t, c, "ROLLBACK")
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	if _, repeated, err := s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}), key("k", "one")); err != nil || !repeated {
		t.Errorf("afterwards: repeated is %v, %v", repeated, err)
	}
}

// TestOneOfManyRepeatsAtOnceIsTheFirst: a client that sends a request again
// before it is answered makes one product.
func TestOneOfManyRepeatsAtOnceIsTheFirst(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var group sync.WaitGroup
	for range 12 {
		p := newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"})
		group.Go(func() {
			for {
				d, _, err := s.CreateProduct(t.Context(), p, key("k", "one"))
				if errors.Is(err, catalog.ErrKeyInFlight) {
					continue
				}
				if err != nil || product(t, d).SKU != "A-1" {
					t.Errorf("%+v, %v", d, err)
				}
				return
			}
		})
	}
	group.Wait()
	if n := times(t, s); n != 1 {
		t.Errorf("%d products", n)
	}
}

// TestKeysAreForgottenAfterADay, whether or not somebody has cleaned up.
func TestKeysAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	use := func(name, sku string) (repeated bool, err error) {
		_, repeated, err = s.CreateProduct(t.Context(), newProduct(t, catalog.ProductInput{SKU: sku, Name: "Kettle"}), key(name, sku))
		return repeated, err
	}
	for _, name := range []string{"old", "older", "young"} {
		if _, err := use(name, name); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, c, "UPDATE idempotency_key SET created_at = now() - interval '1 day 1 second' WHERE key LIKE 'old%'")
	exec(t, c, "UPDATE idempotency_key SET created_at = now() - interval '23 hours 59 minutes' WHERE key = 'young'")
	if repeated, err := use("old", "another"); err != nil || repeated {
		t.Errorf("an old key cannot be used for another request: %v, repeated is %v", err, repeated)
	}
	if err := s.ForgetKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := c.QueryRow(t.Context(), "SELECT count(*) FROM idempotency_key WHERE key IN ('old', 'young')").Scan(&left); err != nil || left != 2 {
		t.Errorf("%d keys of a day are left, %v", left, err)
	}
	if err := c.QueryRow(t.Context(), "SELECT count(*) FROM idempotency_key").Scan(&left); err != nil || left != 2 {
		t.Errorf("%d keys are left, %v", left, err)
	}
	for name, sku := range map[string]string{"young": "young", "old": "another"} {
		if repeated, err := use(name, sku); err != nil || !repeated {
			t.Errorf("%s is not known any more: %v", name, err)
		}
	}
}
