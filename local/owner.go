package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"catalog/local/process"
)

// checkStateOwner refuses a state folder with something of another user in it,
// as a run as root leaves it: better one sentence now than a step that fails
// half way. The data of PostgreSQL is looked at where it is used.
func checkStateOwner(uid int, dir string) error {
	within, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	secrets, err := filepath.Glob(filepath.Join(dir, secretsDir, "*"))
	if err != nil {
		return err
	}
	return process.CheckOwner(uid, append(append([]string{dir}, within...), secrets...)...)
}

// giveBack gives what a run as root has made to the owner of the state folder,
// who could not use it again otherwise. The folder is that user's, so no link
// in it may lead out of it.
func giveBack(dir string) error {
	uid, gid, err := process.Owner(dir)
	if err != nil || uid == 0 {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if owner, _, err := process.Owner(filepath.Join(dir, path)); err == nil && owner == 0 {
			if err := root.Lchown(path, int(uid), int(gid)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if entry.IsDir() && filepath.Dir(path) == postgresDir {
			return fs.SkipDir // PostgreSQL's user's already
		}
		return nil
	})
}
