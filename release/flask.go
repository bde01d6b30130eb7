package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// FlaskImage is the Flask workload as this machine runs it: a folder with the
// application and its Python environment, in the place of a container image.
type FlaskImage struct {
	Root       string
	Digest     string // sha256:…, of the application's sources and its requirements
	Entrypoint []string
	Command    []string
}

// The application's sources, and what of them goes into an image.
const (
	flaskFolder       = "workloads/flask"
	flaskPackage      = "catalog_flask"
	flaskConfig       = "gunicorn.conf.py"
	flaskRequirements = "requirements.txt"
)

// FlaskEnvironment makes what it takes to run the Flask workload here: its
// Python environment and a copy of its sources, both kept by what they were
// made from. say is told what takes long.
func (p Project) FlaskEnvironment(ctx context.Context, say func(string)) (FlaskImage, error) {
	files, err := p.flaskFiles()
	if err != nil {
		return FlaskImage{}, err
	}
	python, err := findPython(ctx)
	if err != nil {
		return FlaskImage{}, err
	}
	environment, err := p.pythonEnvironment(ctx, python, files[flaskRequirements], say)
	if err != nil {
		return FlaskImage{}, err
	}
	// The same sources in another environment are another folder of one digest.
	hash, kind := hashOf(files), "system"
	if environment != "" {
		kind = filepath.Base(environment)
	}
	root := p.cache("flask", hash+"-"+kind)
	if err := flaskRoot(root, environment, files); err != nil {
		return FlaskImage{}, err
	}
	return flaskImage(root), prune(p.cache("flask"))
}

// FindFlask finds the image of a digest among those that were made here: what
// a running environment needs when an update names one.
func (p Project) FindFlask(digest string) (FlaskImage, bool) {
	hash, ok := strings.CutPrefix(digest, "sha256:")
	roots, err := filepath.Glob(p.cache("flask", hash+"-*"))
	if !ok || len(hash) != 2*sha256.Size || err != nil || len(roots) == 0 {
		return FlaskImage{}, false
	}
	slices.SortFunc(roots, func(a, b string) int { return modified(b).Compare(modified(a)) }) // the last used one
	return flaskImage(roots[0]), true
}

func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// flaskImage is the image in a folder.
func flaskImage(root string) FlaskImage {
	hash, _, _ := strings.Cut(filepath.Base(root), "-")
	python := "/" + environmentLink + "/bin/python"
	if _, err := os.Stat(filepath.Join(root, environmentLink)); err != nil {
		python = python3.name // the machine's
	}
	return FlaskImage{
		Root: root, Digest: "sha256:" + hash,
		Entrypoint: []string{python, "-m", "gunicorn"}, Command: []string{"--config", flaskConfig},
	}
}

// flaskFiles reads the application: content by path.
func (p Project) flaskFiles() (map[string]string, error) {
	files := map[string]string{}
	root := p.Path(flaskFolder)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		source := strings.HasPrefix(relative, flaskPackage+"/") && strings.HasSuffix(relative, ".py")
		if !source && relative != flaskConfig && relative != flaskRequirements {
			return nil
		}
		content, err := os.ReadFile(path)
		files[relative] = string(content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the Flask workload's sources cannot be read: %w", err)
	}
	return files, nil
}

// hashOf hashes files with their names.
func hashOf(files map[string]string) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		fmt.Fprintf(hash, "%q %x\n", name, sha256.Sum256([]byte(files[name])))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// environmentLink leads from an image's folder to its Python environment.
const environmentLink = "env"

// flaskRoot makes the image's folder, unless it is there.
func flaskRoot(root, environment string, files map[string]string) error {
	if _, err := os.Stat(filepath.Join(root, flaskConfig)); err == nil {
		return markUsed(root)
	}
	return makeOnce(root, func(work string) error {
		for name, content := range files {
			path := filepath.Join(work, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				return err
			}
		}
		if environment == "" {
			return nil
		}
		return os.Symlink(environment, filepath.Join(work, environmentLink))
	})
}

// makeOnce makes a folder of the cache beside its place and puts it there: no
// process sees half of one, and two that make the same keep one of the two.
func makeOnce(final string, fill func(work string) error) error {
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return fmt.Errorf("the cache cannot be made: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(final), ".new-")
	if err != nil {
		return fmt.Errorf("the cache cannot be written: %w", err)
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil { // a container's user reads it
		return err
	}
	if err := fill(work); err != nil {
		return err
	}
	if err := os.Rename(work, final); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
