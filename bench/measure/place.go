package measure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"catalog/api/postgres"
	"catalog/contract"
	"catalog/local/pgserver"
)

// Place is where everything runs: one PostgreSQL, and servers beside it.
type Place struct {
	// Dir is the run's own folder, which goes away with it; Program the API.
	Dir, Program string
	// Server is PostgreSQL, Database how it is reached.
	Server   *pgserver.Server
	Database postgres.Options
	leftOut  sync.Map // of PostgreSQL's processes, in what it costs
}

// LeaveOut has a session's process not counted until the answer is called.
func (p *Place) LeaveOut(pid int) (again func()) {
	p.leftOut.Store(pid, true)
	return func() { p.leftOut.Delete(pid) }
}

const (
	username = "bench"
	password = "bench-password"
)

// Token is what writes are allowed with.
const Token = "bench-write-token"

// settings are those of a small Aurora, as far as they matter here; durable as
// in production.
var settings = map[string]string{"shared_buffers": "2GB", "max_wal_size": "8GB", "effective_cache_size": "8GB", "random_page_cost": "1.1"}

// NewPlace builds the API and starts PostgreSQL with its schema.
func NewPlace(ctx context.Context) (_ *Place, err error) {
	p := &Place{}
	if p.Dir, err = os.MkdirTemp("", "catalog-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if err := os.Chmod(p.Dir, 0o755); err != nil { // PostgreSQL runs as another user where this is root
		return nil, err
	}
	p.Program = filepath.Join(p.Dir, "catalog")
	if err := Build(ctx, ".", p.Program, "./cmd/catalog"); err != nil {
		return nil, err
	}
	return p, p.startDatabase(ctx)
}

// Build makes a program of a package of the module in dir.
func Build(ctx context.Context, dir, program, of string) error {
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", program, of)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s cannot be built: %w: %s", of, err, out)
	}
	return nil
}

func (p *Place) startDatabase(ctx context.Context) error {
	binaries, err := pgserver.Binaries("node_modules")
	if err != nil {
		return err
	}
	p.Server, err = pgserver.New(pgserver.Options{
		Binaries: binaries, Dir: filepath.Join(p.Dir, "server"), Username: username, Password: password, Database: "catalog", Settings: settings,
	})
	if err != nil {
		return err
	}
	if err := p.Server.Start(ctx); err != nil {
		return err
	}
	p.Database = postgres.Options{
		Host: pgserver.Host, Port: uint16(p.Server.Port()), Database: "catalog", Username: username, Password: password, CAFile: p.Server.Authority(),
	}
	return postgres.Migrate(ctx, p.Database, slog.New(slog.DiscardHandler))
}

// Settle has PostgreSQL do what it would do some time by itself, after a fill: it
// must not fall on whoever is measured then.
func (p *Place) Settle(ctx context.Context) error {
	c, err := p.Connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx))
	for _, statement := range []string{"VACUUM (ANALYZE) product", "VACUUM (ANALYZE) search_word", "CHECKPOINT"} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// Connect is a connection of the benchmark's own.
func (p *Place) Connect(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=%d dbname=%s user=%s sslmode=verify-full sslrootcert=%s",
		p.Database.Host, p.Database.Port, p.Database.Database, p.Database.Username, p.Database.CAFile))
	if err != nil {
		return nil, err
	}
	config.Password = p.Database.Password
	return pgx.ConnectConfig(ctx, config)
}

// Close ends PostgreSQL and removes everything.
func (p *Place) Close() error {
	var err error
	if p.Server != nil {
		err = p.Server.Stop(context.Background())
	}
	return errors.Join(err, os.RemoveAll(p.Dir))
}

// Environment is what the template gives a task, with variables on top.
func (p *Place) Environment(with map[string]string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.Dir,
		contract.EnvHost + "=127.0.0.1", contract.EnvDBHost + "=" + p.Database.Host, contract.EnvDBPort + "=" + strconv.Itoa(int(p.Database.Port)),
		contract.EnvDBName + "=catalog", contract.EnvDBUsername + "=" + username, contract.EnvDBPassword + "=" + password,
		contract.EnvDBCAFile + "=" + p.Database.CAFile, contract.EnvAPIWriteToken + "=" + Token,
	}
	for name, value := range with {
		env = append(env, name+"="+value)
	}
	return env
}

// Cached and Uncached are how much the API keeps in memory: its default, and
// nothing, so that the database answers every read.
const (
	Cached   = 128 << 20
	Uncached = 0
)

// API starts the API with a cache of so many bytes.
func (p *Place) API(ctx context.Context, cacheBytes int, with map[string]string) (*Process, error) {
	command := exec.CommandContext(ctx, p.Program, "serve")
	command.Env = append(p.Environment(with), contract.EnvCacheBytes+"="+strconv.Itoa(cacheBytes))
	return Begin(command)
}

// Serving starts the API and waits until it answers from the database.
func (p *Place) Serving(ctx context.Context, cacheBytes int, with map[string]string) (*Process, error) {
	s, err := p.API(ctx, cacheBytes, with)
	if err != nil {
		return nil, err
	}
	if err := s.AwaitOK(ctx, APage); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// APage is a path that only the database can answer.
const APage = contract.APIBase + "/products?limit=1"

// quiet is how long a server is left alone before its memory counts as idle.
const quiet = time.Second
