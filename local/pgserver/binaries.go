package pgserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Binaries finds PostgreSQL's bin, lib and share among the npm packages.
func Binaries(nodeModules string) (string, error) {
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
