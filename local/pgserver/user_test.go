package pgserver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"catalog/local/process"
)

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
}

// daemon is a user that every system has.
const daemon = 1

func TestRunAs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if u := runAs(1000, dir); u != nil {
		t.Errorf("an ordinary user runs it as %+v, want itself", u)
	}
	if u := runAs(0, filepath.Join(dir, "new")); u == nil || u.UID != nobody || u.GID != nobody {
		t.Errorf("root runs it in a new folder as %+v, want nobody", u)
	}
	needRoot(t)
	if u := runAs(0, dir); u.UID != nobody {
		t.Errorf("root runs it in root's folder as %+v, want nobody", u)
	}
	if err := os.Chown(dir, daemon, 12346); err != nil {
		t.Fatal(err)
	}
	if u := runAs(0, dir); u.UID != daemon || u.GID != 12346 {
		t.Errorf("root runs it in another's folder as %+v, want its owner", u)
	}
	if err := os.Chown(dir, 54321, 54321); err != nil {
		t.Fatal(err)
	}
	if u := runAs(0, dir); u.UID != nobody {
		t.Errorf("root runs it in a folder of a number without a name as %+v, want nobody: initdb would refuse", u)
	}
	data := filepath.Join(dir, dataDir)
	if err := os.Mkdir(data, privateDir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(data, 54321, 0); err != nil {
		t.Fatal(err)
	}
	if u := runAs(0, dir); u.UID != 54321 || u.GID != nobody {
		t.Errorf("root runs it on another's data as %+v, want its owner without root's group", u)
	}
}

// Only what is closed on the way needs help: not the data folder, which is
// PostgreSQL's own, and not a parent that may be gone through but not listed.
func TestMustPassFolders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		parent, dir, binaries os.FileMode
		want                  bool
	}{
		"all open":                  {0o755, 0o755, 0o755, false},
		"the second run":            {0o755, 0o700, 0o755, false},
		"parents without a listing": {0o711, 0o700, 0o755, false},
		"a closed parent":           {0o700, 0o755, 0o755, true},
		"a parent only to list":     {0o744, 0o755, 0o755, true},
		"closed binaries":           {0o755, 0o755, 0o700, true},
		"binaries without listing":  {0o755, 0o755, 0o711, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			if err := os.Chmod(filepath.Dir(base), 0o755); err != nil { // testing's own is 0700
				t.Fatal(err)
			}
			stranger := &process.User{UID: 23456, GID: 23456}
			if !reaches(stranger, base) {
				t.Skip("the folder for temporary files is itself closed")
			}
			parent := filepath.Join(base, "parent")
			dir, binaries := filepath.Join(parent, "dir"), filepath.Join(parent, "binaries")
			for _, path := range []string{parent, dir, binaries} {
				if err := os.Mkdir(path, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, one := range []struct {
				path string
				mode os.FileMode
			}{{dir, c.dir}, {binaries, c.binaries}, {parent, c.parent}} {
				if err := os.Chmod(one.path, one.mode); err != nil {
					t.Fatal(err)
				}
			}
			t.Cleanup(func() { os.Chmod(parent, 0o755) })
			if os.Geteuid() != 0 && c.parent&0o100 == 0 {
				t.Skip("the folder is closed to this test as well")
			}
			if got := mustPassFolders(stranger, dir, binaries); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			owner := &process.User{UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}
			if mustPassFolders(owner, dir, binaries) {
				t.Error("the folders' owner needs help")
			}
		})
	}
}

// A run as root leaves an ordinary user's data to that user, and is possible
// where both the data and the binaries lie below a folder that only root may
// enter.
func TestG3_ARunAsRootKeepsTheOwnerOfTheData(t *testing.T) {
	t.Parallel()
	needRoot(t)
	o := testOptions(t)
	checkout := filepath.Join(t.TempDir(), "checkout")
	if err := os.Mkdir(checkout, 0o700); err != nil {
		t.Fatal(err)
	}
	binaries := filepath.Join(checkout, "native")
	if err := os.CopyFS(binaries, os.DirFS(o.Binaries)); err != nil {
		t.Fatal(err)
	}
	o.Binaries, o.Dir = binaries, filepath.Join(checkout, "postgres")
	if err := os.Mkdir(o.Dir, privateDir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(o.Dir, daemon, daemon); err != nil {
		t.Fatal(err)
	}
	for _, owner := range []int{daemon, daemon, 54321} { // the first makes the data
		err := filepath.WalkDir(o.Dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, owner, owner))
		})
		if err != nil {
			t.Fatal(err)
		}
		s := started(t, o)
		if uid, _, err := process.Owner("/proc/" + strconv.Itoa(s.PID()) + "/status"); err == nil && int(uid) != owner {
			t.Errorf("PostgreSQL runs as %d, want %d", uid, owner)
		}
		stop(t, s)
		entries, err := os.ReadDir(o.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if uid, _, err := process.Owner(filepath.Join(o.Dir, entry.Name())); err != nil || int(uid) != owner {
				t.Errorf("%s belongs to %d, %v, want %d", entry.Name(), uid, err, owner)
			}
		}
	}
}

func TestClosedBinariesAreNamed(t *testing.T) {
	t.Parallel()
	needRoot(t)
	o := testOptions(t)
	o.Binaries = t.TempDir()
	if err := os.Mkdir(filepath.Join(o.Binaries, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.Binaries, "bin", "postgres"), nil, 0o700); err != nil {
		t.Fatal(err)
	}
	err := prepared(t, o).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "PostgreSQL runs as uid 65534, which may not execute "+o.Binaries) || !strings.Contains(err.Error(), "chmod -R o+rX") {
		t.Errorf("got %v", err)
	}
}

// The folder is another user's, who may leave links in it: a run as root must
// not write where they lead.
func TestG3_LinksInTheFolderAreNotFollowed(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	if err := os.Mkdir(o.Dir, privateDir); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{accessFile, authorityFile, certificateFile, keyFile, passwordFile, logFile, dataDir + ".new"} {
		if err := os.Symlink(victim, filepath.Join(o.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	before, _, err := process.Owner(victim)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, started(t, o))
	after, _, err := process.Owner(victim)
	if content, readErr := os.ReadFile(victim); err != nil || readErr != nil || string(content) != "mine" || before != after {
		t.Errorf("the file that the links led to is %q of user %d, %v, %v", content, after, err, readErr)
	}
}
