package postgres_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"catalog/api/catalog"
	"catalog/api/postgres"
	"catalog/local/pgserver"
)

// quickly is far below a request's deadline, and far above what a refused
// connection takes on a busy machine.
const quickly = 2 * time.Second

// nowhere makes options of a port where nobody listens.
func nowhere(t *testing.T) postgres.Options {
	t.Helper()
	free, err := net.Listen("tcp", pgserver.Host+":0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	o := optionsFor(shared)
	o.Port = uint16(free.Addr().(*net.TCPAddr).Port)
	return o
}

// calls are everything that a store can be asked.
var calls = []struct {
	name string
	do   func(ctx context.Context, t *testing.T, s *postgres.Store) error
}{
	{"Ping", func(ctx context.Context, _ *testing.T, s *postgres.Store) error { return s.Ping(ctx) }},
	{"Products", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.Products(ctx, catalog.Query{Limit: 10})
		return err
	}},
	{"Products of a category", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.Products(ctx, catalog.Query{Limit: 10, Filter: catalog.Filter{Category: "a"}})
		return err
	}},
	{"Product", func(ctx context.Context, t *testing.T, s *postgres.Store) error {
		_, err := s.Product(ctx, newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}).ID)
		return err
	}},
	{"CreateProduct", func(ctx context.Context, t *testing.T, s *postgres.Store) error {
		return insert(ctx, s, newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"}))
	}},
	{"ProductsByID", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.ProductsByID(ctx, []uuid.UUID{uuid.New()})
		return err
	}},
	{"Summarize", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.Summarize(ctx, catalog.SummaryQuery{Total: catalog.TotalExact})
		return err
	}},
	{"UpdateProduct", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.UpdateProduct(ctx, uuid.New(), func(p catalog.Product) (catalog.Product, error) { return p, nil })
		return err
	}},
	{"DeleteProduct", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		return s.DeleteProduct(ctx, uuid.New(), func(int64) error { return nil })
	}},
	{"DeleteCategory", func(ctx context.Context, _ *testing.T, s *postgres.Store) error { return s.DeleteCategory(ctx, "a") }},
	{"Categories", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.Categories(ctx)
		return err
	}},
	{"Category", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.Category(ctx, "a")
		return err
	}},
	{"PutCategory", func(ctx context.Context, _ *testing.T, s *postgres.Store) error {
		_, err := s.PutCategory(ctx, "a", catalog.CategoryInput{Name: "A"})
		return err
	}},
}

// wantUnavailable makes every call and wants ErrUnavailable from each, before
// somebody stops waiting.
func wantUnavailable(ctx context.Context, t *testing.T, s *postgres.Store) {
	t.Helper()
	start := time.Now()
	for _, call := range calls {
		if err := call.do(ctx, t, s); !errors.Is(err, catalog.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", call.name, err)
		}
	}
	if took := time.Since(start); took > quickly {
		t.Errorf("it took %s to say so", took)
	}
}

func TestDatabaseThatIsDownIsUnavailableQuickly(t *testing.T) {
	t.Parallel()
	wantUnavailable(t.Context(), t, open(t, nowhere(t)))
}

// TestDatabaseThatDoesNotAnswer: the request's deadline ends the wait.
func TestDatabaseThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	_, o := newProxy(t, optionsFor(shared), hangs)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantUnavailable(ctx, t, open(t, o))
}

// TestStoreOutlivesAnOutage: a connection that was fine breaks under each
// call, and the same store serves again afterwards.
func TestStoreOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	p, o := newProxy(t, newCatalog(t), passes)
	s := open(t, o)
	for _, call := range calls {
		if _, err := s.Categories(t.Context()); err != nil {
			t.Fatalf("before %s: %v", call.name, err)
		}
		p.become(refuses)
		if err := call.do(t.Context(), t, s); !errors.Is(err, catalog.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", call.name, err)
		}
		wantUnavailable(t.Context(), t, s)
		p.become(passes)
	}
	if _, err := s.Categories(t.Context()); err != nil {
		t.Errorf("after the outage: %v", err)
	}
}

// TestSessionsThatTheServerEnds: a fail-over and a restart do that. The pool
// may notice and connect anew; anything else is an outage, not a failure.
func TestSessionsThatTheServerEnds(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	for _, call := range calls {
		if _, err := s.Categories(t.Context()); err != nil {
			t.Fatalf("before %s: %v", call.name, err)
		}
		if err := administer(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+o.Database+"'"); err != nil {
			t.Fatal(err)
		}
		err := call.do(t.Context(), t, s)
		if err != nil && !errors.Is(err, catalog.ErrUnavailable) && !errors.Is(err, catalog.ErrNotFound) {
			t.Errorf("%s: %v, want ErrUnavailable or an answer", call.name, err)
		}
	}
}

// TestReadOnlyServerIsUnavailable: so is a writer that has become a reader.
func TestReadOnlyServerIsUnavailable(t *testing.T) {
	t.Parallel()
	o := copyOf(t, template)
	if err := administer(t.Context(), "ALTER DATABASE "+o.Database+" SET default_transaction_read_only = on"); err != nil {
		t.Fatal(err)
	}
	s := open(t, o)
	p := newProduct(t, catalog.ProductInput{SKU: "A-1", Name: "Kettle"})
	if err := insert(t.Context(), s, p); !errors.Is(err, catalog.ErrUnavailable) {
		t.Errorf("a write: %v", err)
	}
	if _, err := s.Products(t.Context(), catalog.Query{Limit: 1}); err != nil {
		t.Errorf("a read: %v", err)
	}
}

// TestBusyStoreIsUnavailable: every connection waits for a lock, the next
// call's deadline ends its wait for a connection.
func TestBusyStoreIsUnavailable(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	c, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(t.Context(), "BEGIN; LOCK TABLE product, category IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	const more = 20 // than the pool has connections
	errs := make(chan error, more)
	for range more {
		go func() { _, err := s.Categories(ctx); errs <- err }()
	}
	for range more {
		if err := <-errs; !errors.Is(err, catalog.ErrUnavailable) {
			t.Errorf("a call behind the lock: %v", err)
		}
	}
	if _, err := c.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Categories(t.Context()); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

// TestSchemaThatIsMissingIsNoOutage: repeating the request does not help.
func TestSchemaThatIsMissingIsNoOutage(t *testing.T) {
	t.Parallel()
	s := open(t, newDatabase(t))
	for _, call := range calls[1:] { // a ping needs no table
		err := call.do(t.Context(), t, s)
		if err == nil || errors.Is(err, catalog.ErrUnavailable) || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("%s: %v", call.name, err)
		}
	}
}
