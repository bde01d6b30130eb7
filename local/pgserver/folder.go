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

// Names inside a server's folder.
const (
	dataDir      = "data"
	passwordFile = "password"
	accessFile   = "pg_hba.conf"
	logFile      = "server.log"
)

func (s *Server) path(name string) string { return filepath.Join(s.options.Dir, name) }
func (s *Server) data() string            { return s.path(dataDir) }

// prepareDir makes the folder, which only PostgreSQL's user may enter, and
// drops the log of the run before.
func (s *Server) prepareDir() error {
	dir := s.options.Dir
	if err := s.checkUser(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, privateDir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if s.user != nil {
		if err := os.Lchown(dir, int(s.user.UID), int(s.user.GID)); err != nil {
			return err
		}
		s.user.PassFolders = mustPassFolders(s.user, dir, s.options.Binaries)
	}
	return s.within(func(root *os.Root) error {
		if err := root.Remove(logFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// within gives access to the folder. As root everything goes this way: the
// folder is another user's, whose links must not lead root astray.
func (s *Server) within(do func(*os.Root) error) error {
	root, err := os.OpenRoot(s.options.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return do(root)
}

// write makes a file anew, in the place of whatever has its name, and gives it
// to PostgreSQL's user.
func (s *Server) write(name string, content []byte, mode os.FileMode) error {
	return s.within(func(root *os.Root) error {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		file, err := s.open(root, name, os.O_EXCL, mode)
		if err != nil {
			return err
		}
		_, err = file.Write(content)
		return errors.Join(err, file.Close())
	})
}

// open opens a file for writing that is PostgreSQL's user's from then on; a
// link is refused.
func (s *Server) open(root *os.Root, name string, flags int, mode os.FileMode) (*os.File, error) {
	file, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|syscall.O_NOFOLLOW|flags, mode)
	if err != nil || s.user == nil {
		return file, err
	}
	if err := file.Chown(int(s.user.UID), int(s.user.GID)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// initialize makes a new cluster of databases where there is none. The folder
// gets its name when it is whole, so that an initdb that was cut off is not
// taken for a cluster.
func (s *Server) initialize(ctx context.Context) error {
	if _, err := os.Lstat(s.data()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	const half = dataDir + ".new"
	drop := func(root *os.Root) error { return root.RemoveAll(half) }
	if err := s.within(drop); err != nil {
		return err
	}
	if err := s.write(passwordFile, []byte(s.options.Password+"\n"), privateFile); err != nil {
		return err
	}
	defer s.within(func(root *os.Root) error { return root.Remove(passwordFile) })
	err := s.runToEnd(ctx, "initdb", "--pgdata="+s.path(half), "--username="+s.options.Username, "--pwfile="+s.path(passwordFile),
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions")
	if err != nil {
		return errors.Join(err, s.within(drop))
	}
	return s.within(func(root *os.Root) error { return root.Rename(half, dataDir) })
}

func (s *Server) program(name string, args ...string) (process.Program, *os.File, error) {
	var output *os.File
	err := s.within(func(root *os.Root) (err error) {
		output, err = s.open(root, logFile, os.O_APPEND, privateFile)
		return err
	})
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
