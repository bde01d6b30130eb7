package postgres_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"catalog/api/catalog"
	"catalog/api/postgres"
	"catalog/local/pgserver"
)

// One server serves every test; a test that changes anything has a database
// of its own, copied from one that is migrated once.
const (
	username = "catalog_tests"
	password = "s3cret-päss wörd/'\\%"
	// template is copied for each of them; nobody may be connected to it.
	template = "migrated"
	// shared is for the tests that find it empty and leave it so.
	shared = "shared"
)

var (
	server    *pgserver.Server
	databases atomic.Int64
)

func TestMain(m *testing.M) {
	code, err := withServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "PostgreSQL for the tests:", err)
		code = 1
	}
	if leak := goleak.Find(); code == 0 && leak != nil { // the server's own have ended with it
		fmt.Fprintln(os.Stderr, "goroutines are left:", leak)
		code = 1
	}
	os.Exit(code)
}

func withServer(run func() int) (code int, err error) {
	binaries, err := pgserver.Binaries("../../node_modules")
	if err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "catalog-postgres-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	// PostgreSQL runs as another user where the tests are root's.
	if err := os.Chmod(dir, 0o755); err != nil {
		return 1, err
	}
	server, err = pgserver.New(pgserver.Options{
		Binaries: binaries, Dir: filepath.Join(dir, "server"), Username: username, Password: password, ForceTLS: true,
		// What is lost in a crash is not missed here.
		Settings: map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"},
	})
	if err != nil {
		return 1, err
	}
	ctx := context.Background()
	defer func() {
		if stopped := server.Stop(ctx); err == nil {
			err = stopped
		}
	}()
	if err := server.Start(ctx); err != nil {
		return 1, err
	}
	if err := administer(ctx, "CREATE DATABASE "+template); err != nil {
		return 1, err
	}
	if err := postgres.Migrate(ctx, optionsFor(template), slog.New(slog.DiscardHandler)); err != nil {
		return 1, err
	}
	if err := administer(ctx, "CREATE DATABASE "+shared+" TEMPLATE "+template); err != nil {
		return 1, err
	}
	return run(), nil
}

func optionsFor(database string) postgres.Options {
	return postgres.Options{
		Host: pgserver.Host, Port: uint16(server.Port()), Database: database,
		Username: username, Password: password, CAFile: server.Authority(),
	}
}

// administer runs a statement beside the store, as the superuser.
func administer(ctx context.Context, statement string) error {
	c, err := connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

func connect(ctx context.Context, database string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("postgres://" + net.JoinHostPort(pgserver.Host, strconv.Itoa(server.Port())) + "/?sslmode=disable")
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(server.Authority())
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	config.TLSConfig = &tls.Config{RootCAs: authorities, ServerName: pgserver.Host, MinVersion: tls.VersionTLS12}
	config.Database, config.User, config.Password = database, username, password
	return pgx.ConnectConfig(ctx, config)
}

// newDatabase makes a database without a schema. It goes away with the server:
// to drop one costs a checkpoint, which every other test would wait for.
func newDatabase(t *testing.T) postgres.Options {
	t.Helper()
	return copyOf(t, "template1")
}

func copyOf(t testing.TB, original string) postgres.Options {
	t.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := administer(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+original); err != nil {
		t.Fatal(err)
	}
	return optionsFor(name)
}

// used are databases whose tests are over: to empty one is far quicker than to
// make one.
var used = make(chan postgres.Options, 100)

// newCatalog finds or makes a database with the schema and nothing in it.
func newCatalog(t testing.TB) postgres.Options {
	t.Helper()
	var o postgres.Options
	select {
	case o = <-used:
	default:
		o = copyOf(t, template)
	}
	t.Cleanup(func() { // after the store is closed
		ctx := context.Background()
		c, err := connect(ctx, o.Database)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close(ctx)
		if _, err := c.Exec(ctx, "TRUNCATE product, category, search_word, idempotency_key, import_job, import_part, import_error"); err != nil {
			t.Error(err)
			return
		}
		used <- o
	})
	return o
}

// newStore opens a store on an empty catalog.
func newStore(t testing.TB) *postgres.Store {
	t.Helper()
	return open(t, newCatalog(t))
}

func open(t testing.TB, o postgres.Options) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// create stores a product that has a name and a SKU, and what change adds.
func create(t *testing.T, s *postgres.Store, sku string, change func(*catalog.ProductInput)) catalog.Product {
	t.Helper()
	in := catalog.ProductInput{SKU: sku, Name: "Product " + sku}
	if change != nil {
		change(&in)
	}
	p := newProduct(t, in)
	if err := insert(t.Context(), s, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// insert stores a product without an idempotency key.
func insert(ctx context.Context, s *postgres.Store, p catalog.Product) error {
	_, _, err := s.CreateProduct(ctx, p, nil)
	return err
}

// read answers a product as it stands.
func read(t *testing.T, s *postgres.Store, id uuid.UUID) (p catalog.Product, err error) {
	t.Helper()
	d, err := s.Product(t.Context(), id)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(d.JSON, &p); err != nil || d.Version != p.Version || d.ID != p.ID {
		t.Errorf("document %d of %s is %s, %v", d.Version, d.ID, d.JSON, err)
	}
	return p, nil
}

func putCategory(t *testing.T, s *postgres.Store, id, parent string) {
	t.Helper()
	in := catalog.CategoryInput{Name: "Name of " + id}
	if parent != "" {
		in.ParentID = &parent
	}
	if _, err := s.PutCategory(t.Context(), id, in); err != nil {
		t.Fatalf("%s below %q: %v", id, parent, err)
	}
}
