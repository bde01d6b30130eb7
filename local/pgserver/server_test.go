package pgserver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// noSync makes a server that may lose everything in a power cut, and is fast.
var noSync = map[string]string{"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

func testOptions(t *testing.T) Options {
	t.Helper()
	binaries, err := Binaries("../../node_modules")
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Binaries: binaries, Dir: filepath.Join(t.TempDir(), "postgres"), Database: "catalog",
		Username: "owner", Password: `p'w "$1`, Settings: maps.Clone(noSync), ForceTLS: true,
	}
}

// started starts a server and stops it with the test, if that did not.
func started(t *testing.T, o Options) *Server {
	t.Helper()
	s := prepared(t, o)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func prepared(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

// stop stops a server and looks for what it left.
func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if pid := s.PID(); pid != 0 && !errors.Is(syscall.Kill(-pid, 0), syscall.ESRCH) {
		t.Errorf("a process of the server's group %d still runs", pid)
	}
}

// connect connects as a client with an authority of its choice; nil goes
// without TLS.
func connect(t *testing.T, s *Server, authority []byte) (*pgx.Conn, error) {
	t.Helper()
	config, err := s.clientConfig("catalog")
	if err != nil {
		t.Fatal(err)
	}
	config.TLSConfig = nil
	if authority != nil {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(authority) {
			t.Fatal("the authority's file is no certificate")
		}
		config.TLSConfig = &tls.Config{RootCAs: pool, ServerName: Host}
	}
	c, err := pgx.ConnectConfig(t.Context(), config)
	if err == nil {
		t.Cleanup(func() { c.Close(context.Background()) })
	}
	return c, err
}

func authorityOf(t *testing.T, s *Server) []byte {
	t.Helper()
	content, err := os.ReadFile(s.Authority())
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestD1_G3_AServerWithVerifiedTLS(t *testing.T) {
	t.Parallel()
	s := started(t, testOptions(t))
	c, err := connect(t, s, authorityOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	var version, database, user string
	var encrypted bool
	err = c.QueryRow(t.Context(), `SELECT current_setting('server_version'), current_database(), current_user,
		(SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())`).Scan(&version, &database, &user, &encrypted)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(version, "17.") || database != "catalog" || user != "owner" || !encrypted {
		t.Errorf("PostgreSQL %s, database %s, user %s, TLS %v", version, database, user, encrypted)
	}

	// Without TLS, and with somebody else's authority, there is no connection.
	_, err = connect(t, s, nil)
	if err == nil || !strings.Contains(err.Error(), "no encryption") {
		t.Errorf("without TLS: %v, want a refusal", err)
	}
	stranger, err := newCertificates()
	if err != nil {
		t.Fatal(err)
	}
	var unknown x509.UnknownAuthorityError
	if _, err = connect(t, s, stranger.authority); !errors.As(err, &unknown) {
		t.Errorf("with another authority: %v, want a refusal", err)
	}

	assertPrivate(t, s)
	pid := s.PID()
	stop(t, s)
	if _, err := connect(t, s, nil); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after Stop its port answers: %v", err)
	}
	if !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		t.Errorf("process %d still runs", pid)
	}
}

// assertPrivate: nobody else reads the data, the key or the password.
func assertPrivate(t *testing.T, s *Server) {
	t.Helper()
	for path, want := range map[string]os.FileMode{"": 0o700, "data": 0o700, "server.key": 0o600, "server.log": 0o600} {
		info, err := os.Stat(filepath.Join(s.options.Dir, path))
		if err != nil {
			t.Error(err)
		} else if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	if _, err := os.Stat(filepath.Join(s.options.Dir, "password")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the password file is left: %v", err)
	}
}

// One folder through several runs: the data stays, the password counts, and
// a wrong setting is explained.
func TestAFolderIsUsedAgain(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	o.ForceTLS = false
	first := started(t, o)
	c, err := connect(t, first, nil) // allowed where TLS is not forced
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), "CREATE TABLE kept AS SELECT 42 AS answer"); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	stop(t, first) // with a session open
	if took := time.Since(begin); took >= stopTimeout {
		t.Errorf("it took %v to stop: the server was killed", took)
	}

	other := o
	other.Password = "another"
	refused := prepared(t, other)
	if err := refused.Start(t.Context()); !errors.Is(err, ErrOtherPassword) {
		t.Errorf("with another password: %v", err)
	}
	stop(t, refused) // as after every failed Start

	wrong := o
	wrong.Settings = maps.Clone(noSync)
	wrong.Settings["work_mem"] = "plenty"
	broken := prepared(t, wrong)
	err = broken.Start(t.Context())
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), `invalid value for parameter "work_mem": "plenty"`) {
		t.Errorf("with a wrong setting: %v, want PostgreSQL's own reason in one sentence", err)
	}
	select {
	case <-broken.process.Load().Done:
	default:
		t.Error("a server that gave up still runs")
	}

	second := started(t, o)
	c, err = connect(t, second, authorityOf(t, second))
	if err != nil {
		t.Fatal(err)
	}
	var answer int
	if err := c.QueryRow(t.Context(), "SELECT answer FROM kept").Scan(&answer); err != nil || answer != 42 {
		t.Errorf("the data of the first run: %d, %v", answer, err)
	}
}

// A start that is cut off leaves no half cluster that the next one would take.
func TestAStartThatIsCutOff(t *testing.T) {
	t.Parallel()
	s := prepared(t, testOptions(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for _, left := range []string{"data", "data.new", "password"} {
		if _, err := os.Stat(filepath.Join(s.options.Dir, left)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", left, err)
		}
	}
}

func TestStopBeforeStart(t *testing.T) {
	t.Parallel()
	s := prepared(t, testOptions(t))
	if s.PID() != 0 || s.Port() == 0 {
		t.Errorf("before its start: process %d, port %d", s.PID(), s.Port())
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.options.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("New touched its folder: %v", err)
	}
}

func TestMissingBinariesAreNamed(t *testing.T) {
	t.Parallel()
	_, err := Binaries(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("got %v", err)
	}
}
