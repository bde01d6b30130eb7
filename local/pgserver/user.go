package pgserver

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"catalog/local/process"
)

// nobody is whom PostgreSQL runs as where this process is root: it refuses to
// be root itself.
const nobody = 65534

// runAs says whom PostgreSQL runs as; nil is the user of this process. In the
// place of root it is whom the data belongs to already, so that a run as root
// does not take an ordinary user's data away, or else nobody.
func runAs(euid int, dir string) *process.User {
	if euid != 0 {
		return nil
	}
	for _, path := range []string{filepath.Join(dir, dataDir), dir} {
		uid, gid, err := process.Owner(path)
		if err != nil || uid == 0 {
			continue
		}
		if path == dir { // initdb refuses a user that the machine has no name for
			if _, err := user.LookupId(strconv.Itoa(int(uid))); err != nil {
				continue
			}
		}
		if gid == 0 { // root's group may read what is not PostgreSQL's
			gid = nobody
		}
		return &process.User{UID: uid, GID: gid}
	}
	return &process.User{UID: nobody, GID: nobody}
}

// mustPassFolders says whether a user cannot get to its data or to the
// binaries without help, because a folder on the way is closed. What stands in
// the data folder is the user's own.
func mustPassFolders(u *process.User, dir, binaries string) bool {
	return !reaches(u, dir) || !reaches(u, binaries) || !permits(u, binaries, 0o5)
}

// reaches says whether a user may go through every folder above a path.
func reaches(u *process.User, path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if !permits(u, dir, 0o1) {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// permits says whether a path's mode gives a user what it needs: 4 to read, 1
// to go through or to execute.
func permits(u *process.User, path string, need os.FileMode) bool {
	info, err := os.Stat(path)
	if err != nil {
		return true // who needs it says better what is wrong
	}
	mode, stat := info.Mode().Perm(), info.Sys().(*syscall.Stat_t)
	switch {
	case stat.Uid == u.UID:
		mode >>= 6
	case stat.Gid == u.GID:
		mode >>= 3
	}
	return mode&need == need
}

// checkUser refuses what would fail later without saying why: data of another
// user, and programs that PostgreSQL's user may not execute.
func (s *Server) checkUser() error {
	if s.user == nil {
		return process.CheckOwner(os.Geteuid(), s.options.Dir, s.data())
	}
	if program := filepath.Join(s.options.Binaries, "bin", "postgres"); !permits(s.user, program, 0o1) {
		return fmt.Errorf("PostgreSQL runs as uid %d, which may not execute %s: open the binaries with chmod -R o+rX %s",
			s.user.UID, program, s.options.Binaries)
	}
	return nil
}
