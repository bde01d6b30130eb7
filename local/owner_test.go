package local

import (
	"os"
	"path/filepath"
	"testing"

	"catalog/local/process"
)

func TestAStateFolderOfAnotherUserIsRefused(t *testing.T) {
	t.Parallel()
	dir, me := filepath.Join(t.TempDir(), "state"), os.Geteuid()
	if err := checkStateOwner(me, dir); err != nil {
		t.Errorf("a folder that is not there yet: %v", err)
	}
	if err := CreateSecret(dir, "secret-db", map[string]string{"password": "x"}); err != nil {
		t.Fatal(err)
	}
	if err := checkStateOwner(me, dir); err != nil {
		t.Errorf("my own folder: %v", err)
	}
	wantError(t, checkStateOwner(me+4711, dir), dir+" belongs to ", "run it as the owner or as root, or remove "+dir)
	if me != 0 {
		return
	}
	// What a run as root has left in the user's folder counts as well.
	for _, path := range []string{dir, filepath.Join(dir, secretsDir)} {
		if err := os.Chown(path, 4711, 4711); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, checkStateOwner(4711, dir), filepath.Join(dir, secretsDir, "secret-db.json")+" belongs to root")
}

// A run as root in the folder of an ordinary user does not lock that user out.
func TestARunAsRootGivesTheStateBack(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	p := newPlace(t)
	dir := p.options.StateDir
	if err := os.Mkdir(dir, openDir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, 4711, 4712); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(victim), filepath.Join(dir, "astray")); err != nil {
		t.Fatal(err)
	}
	if err := CreateSecret(dir, "secret-db", map[string]string{"password": "x"}); err != nil {
		t.Fatal(err)
	}
	p.down(t, p.up(t, nil))
	if err := checkStateOwner(4711, dir); err != nil {
		t.Error(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, lockFile), filepath.Join(dir, secretsDir, "secret-db.json"), filepath.Join(dir, logsDir, "logs-api-test")} {
		if uid, gid, err := process.Owner(path); err != nil || uid != 4711 || gid != 4712 {
			t.Errorf("%s belongs to %d, group %d, %v", path, uid, gid, err)
		}
	}
	if uid, _, err := process.Owner(victim); err != nil || uid != 0 {
		t.Errorf("the file that a link led to belongs to %d, %v", uid, err)
	}
}
