package main_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"catalog/contract"
	"catalog/local/pgserver"
)

const (
	dbUsername = "catalog_tests"
	// migratedName is a database with the schema, which others are copied from.
	migratedName = "migrated"
)

// databases is the server of all tests but those that stop it. It is started
// by the first one that needs it.
var databases = sync.OnceValues(func() (*postgresServer, error) {
	s, err := startPostgres()
	if err != nil {
		return s, err
	}
	return s, s.run("CREATE DATABASE " + migratedName)
})

// migrated brings the template to the newest version, with the program.
var migrated sync.Once

var (
	startedMu sync.Mutex
	started   []*postgresServer
	names     atomic.Int64
)

// postgresServer is a PostgreSQL server in a folder of its own.
type postgresServer struct {
	*pgserver.Server
	dir string
}

func startPostgres() (*postgresServer, error) {
	binaries, err := pgserver.Binaries("../../node_modules")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "catalog-cmd-postgres-")
	if err != nil {
		return nil, err
	}
	s := &postgresServer{dir: dir}
	// PostgreSQL runs as another user where the tests are root's.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	s.Server, err = pgserver.New(pgserver.Options{
		Binaries: binaries, Dir: filepath.Join(dir, "server"), Username: dbUsername, Password: dbPassword, ForceTLS: true,
		// What is lost in a crash is not missed here.
		Settings: map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"},
	})
	if err != nil {
		return nil, err
	}
	startedMu.Lock()
	started = append(started, s)
	startedMu.Unlock()
	return s, s.Start(context.Background())
}

// stopDatabases ends what the tests have started.
func stopDatabases() {
	for _, s := range started {
		if err := s.Stop(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "PostgreSQL of the tests:", err)
		}
		os.RemoveAll(s.dir)
	}
}

func (s *postgresServer) connect(ctx context.Context, name string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("postgres://" + net.JoinHostPort(pgserver.Host, strconv.Itoa(s.Port())) + "/?sslmode=disable")
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(s.Authority())
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	config.TLSConfig = &tls.Config{RootCAs: authorities, ServerName: pgserver.Host, MinVersion: tls.VersionTLS12}
	config.Database, config.User, config.Password = name, dbUsername, dbPassword
	return pgx.ConnectConfig(ctx, config)
}

// run runs a statement as the superuser.
func (s *postgresServer) run(statement string) error {
	ctx := context.Background()
	c, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

// variables are a task's environment that leads to a database.
func (s *postgresServer) variables(name string) map[string]string {
	return map[string]string{
		contract.EnvDBHost: pgserver.Host, contract.EnvDBPort: strconv.Itoa(s.Port()), contract.EnvDBName: name,
		contract.EnvDBUsername: dbUsername, contract.EnvDBPassword: dbPassword, contract.EnvDBCAFile: s.Authority(),
	}
}

// database is one that the tests' tasks share.
type database struct {
	t      *testing.T
	server *postgresServer
	name   string
}

// migrate brings a database to the newest version, with the program.
func (s *postgresServer) migrate(t *testing.T, name string) {
	t.Helper()
	if code, _, stderr := runToEnd(t, environment(t, s.variables(name)), "migrate"); code != 0 {
		t.Fatalf("migrate: code %d, %s", code, stderr)
	}
}

// newDatabase makes a database with the schema and nothing in it. It goes away
// with its server.
func newDatabase(t *testing.T) *database {
	t.Helper()
	s, err := databases()
	if err != nil {
		t.Fatal(err)
	}
	migrated.Do(func() { s.migrate(t, migratedName) })
	d := &database{t, s, fmt.Sprintf("test_%d", names.Add(1))}
	if err := s.run("CREATE DATABASE " + d.name + " TEMPLATE " + migratedName); err != nil {
		t.Fatal(err)
	}
	return d
}

// serve starts a task on the database; with is added to its environment, name
// and value in turn.
func (d *database) serve(with ...string) *process {
	d.t.Helper()
	variables := d.server.variables(d.name)
	for i := 0; i < len(with); i += 2 {
		variables[with[i]] = with[i+1]
	}
	return serve(d.t, variables)
}

// one reads one value from the database.
func (d *database) one(query string, into any) {
	d.t.Helper()
	ctx := d.t.Context()
	c, err := d.server.connect(ctx, d.name)
	if err != nil {
		d.t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.QueryRow(ctx, query).Scan(into); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
}
