package pgserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"catalog/local/process"
)

// nobody is whom PostgreSQL runs as where this process is root: it refuses to
// be root itself.
const nobody = 65534

func runAs(dirs ...string) *process.User {
	if os.Geteuid() != 0 {
		return nil
	}
	u := &process.User{UID: nobody, GID: nobody}
	for _, dir := range dirs {
		for ; ; dir = filepath.Dir(dir) {
			if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o005 != 0o005 {
				u.PassFolders = true
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return u
}

// own gives a file or folder to the user that PostgreSQL runs as.
func (s *Server) own(path string) error {
	if s.user == nil {
		return nil
	}
	return os.Chown(path, int(s.user.UID), int(s.user.GID))
}

func (s *Server) data() string { return filepath.Join(s.options.Dir, "data") }

// prepareDir makes the folder, which only PostgreSQL's user may enter, and
// drops the log of the run before.
func (s *Server) prepareDir() error {
	dir := s.options.Dir
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, privateDir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Remove(filepath.Join(dir, logFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.own(dir)
}

// initialize makes a new cluster of databases where there is none. The folder
// gets its name when it is whole, so that an initdb that was cut off is not
// taken for a cluster.
func (s *Server) initialize(ctx context.Context) error {
	if _, err := os.Stat(s.data()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	half := s.data() + ".new"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	passwordFile := filepath.Join(s.options.Dir, "password")
	if err := os.WriteFile(passwordFile, []byte(s.options.Password+"\n"), privateFile); err != nil {
		return err
	}
	defer os.Remove(passwordFile)
	if err := s.own(passwordFile); err != nil {
		return err
	}
	err := s.runToEnd(ctx, "initdb", "--pgdata="+half, "--username="+s.options.Username, "--pwfile="+passwordFile,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions")
	if err != nil {
		return errors.Join(err, os.RemoveAll(half))
	}
	return os.Rename(half, s.data())
}

func (s *Server) program(name string, args ...string) (process.Program, *os.File, error) {
	output, err := os.OpenFile(filepath.Join(s.options.Dir, logFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, privateFile)
	if err != nil {
		return process.Program{}, nil, err
	}
	return process.Program{
		Path: filepath.Join(s.options.Binaries, "bin", name), Args: args, Dir: s.options.Dir, Output: output, User: s.user,
		Env:          []string{"LC_ALL=C", "TZ=UTC", "PATH=" + os.Getenv("PATH")},
		OrphanSignal: syscall.SIGINT, // a fast shutdown
	}, output, nil
}

func (s *Server) runToEnd(ctx context.Context, name string, args ...string) error {
	p, output, err := s.program(name, args...)
	if err != nil {
		return err
	}
	defer output.Close()
	running, err := process.Start(p)
	if err != nil {
		return err
	}
	select {
	case <-running.Done:
	case <-ctx.Done():
		return errors.Join(ctx.Err(), running.End(context.Background(), syscall.SIGTERM, process.KillDelay))
	}
	if code := running.ExitCode(); code != 0 {
		return fmt.Errorf("%s ended with code %d: %s", name, code, s.lastWords())
	}
	return nil
}
