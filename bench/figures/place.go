package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"catalog/api/postgres"
	"catalog/contract"
	"catalog/local/pgserver"
)

// place is where everything runs: one PostgreSQL, and servers beside it.
type place struct {
	dir, program, self string
	server             *pgserver.Server
	database           postgres.Options
}

const (
	username = "bench"
	password = "bench-password"
	token    = "bench-write-token"
)

// settings are those of a small Aurora, as far as they matter here; durable as
// in production.
var settings = map[string]string{"shared_buffers": "2GB", "max_wal_size": "8GB", "effective_cache_size": "8GB", "random_page_cost": "1.1"}

func newPlace(ctx context.Context) (p *place, err error) {
	p = &place{}
	if p.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if p.dir, err = os.MkdirTemp("", "catalog-bench-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(p.dir, 0o755); err != nil { // PostgreSQL runs as another user where this is root
		return nil, err
	}
	p.program = filepath.Join(p.dir, "catalog")
	if out, err := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", p.program, "./cmd/catalog").CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("building the API: %w: %s", err, out), p.close())
	}
	binaries, err := pgserver.Binaries("node_modules")
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.server, err = pgserver.New(pgserver.Options{
		Binaries: binaries, Dir: filepath.Join(p.dir, "server"), Username: username, Password: password, Database: "catalog", Settings: settings,
	})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := p.server.Start(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.database = postgres.Options{
		Host: pgserver.Host, Port: uint16(p.server.Port()), Database: "catalog", Username: username, Password: password, CAFile: p.server.Authority(),
	}
	if err := postgres.Migrate(ctx, p.database, slog.New(slog.DiscardHandler)); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *place) close() error {
	var err error
	if p.server != nil {
		err = p.server.Stop(context.Background())
	}
	return errors.Join(err, os.RemoveAll(p.dir))
}

// process is a server that is measured.
type process struct {
	command *exec.Cmd
	address string
	output  io.ReadCloser
}

// api starts the API, with what it keeps in memory bounded to so many bytes.
func (p *place) api(ctx context.Context, cacheBytes int) (*process, error) {
	command := exec.CommandContext(ctx, p.program, "serve")
	command.Env = []string{
		contract.EnvHost + "=127.0.0.1", contract.EnvDBHost + "=" + p.database.Host, contract.EnvDBPort + "=" + strconv.Itoa(int(p.database.Port)),
		contract.EnvDBName + "=catalog", contract.EnvDBUsername + "=" + username, contract.EnvDBPassword + "=" + password,
		contract.EnvDBCAFile + "=" + p.database.CAFile, contract.EnvAPIWriteToken + "=" + token,
		contract.EnvCacheBytes + "=" + strconv.Itoa(cacheBytes),
	}
	return begin(command)
}

// serving starts the API and waits until it answers from the database.
func (p *place) serving(ctx context.Context, cacheBytes int) (*process, error) {
	s, err := p.api(ctx, cacheBytes)
	if err != nil {
		return nil, err
	}
	if err := s.awaitOK(ctx, aPage); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// aPage is a path that only the database can answer.
const aPage = "/api/v1/products?limit=1"

// bare starts a handler that writes the same bytes, and does nothing else.
func (p *place) bare(ctx context.Context, body string) (*process, error) {
	command := exec.CommandContext(ctx, p.self, bareCommand)
	command.Env = []string{bareBody + "=" + body}
	return begin(command)
}

// begin starts a server on a free port, and reads its log: what a log costs is
// part of what is measured.
func begin(command *exec.Cmd) (*process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &process{command: command, address: l.Addr().String()}
	_, port, err := net.SplitHostPort(s.address)
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	command.Env = append(command.Env, contract.EnvPort+"="+port)
	command.Stderr = os.Stderr
	if s.output, err = command.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	go io.Copy(io.Discard, bufio.NewReaderSize(s.output, 1<<20))
	return s, nil
}

// awaitOK polls a path until it answers 200.
func (s *process) awaitOK(ctx context.Context, path string) error {
	for ctx.Err() == nil {
		if _, status, err := s.get(path); err == nil && status == 200 {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return ctx.Err()
}

// get asks once.
func (s *process) get(path string) (body []byte, status int, err error) {
	c, err := dial(s.address)
	if err != nil {
		return nil, 0, err
	}
	defer c.Close()
	return c.ask(request(path))
}

func (s *process) getJSON(path string, v any) error {
	body, status, err := s.get(path)
	if err == nil && status != 200 {
		err = fmt.Errorf("GET %s: %d: %.300s", path, status, body)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}

func (s *process) stop() {
	s.command.Process.Signal(syscall.SIGTERM) // SIGINT is ignored in the background of a shell
	s.command.Wait()
}
