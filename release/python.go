package release

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// python3 runs the Flask workload.
var python3 = tool{"python3", "the Flask workload runs on it", "install Python 3.11 or newer"}

// ErrNoPython: this machine cannot run the Flask workload.
var ErrNoPython = errors.New("the Flask workload cannot run here")

// interpreter is a Python and what makes one environment different from
// another's: its version and where it lies.
type interpreter struct{ path, version, where string }

// findPython finds one that is new enough.
func findPython(ctx context.Context) (interpreter, error) {
	path, err := python3.find()
	if err != nil {
		return interpreter{}, fmt.Errorf("%w: %w", ErrNoPython, err)
	}
	const script = "import sys; print('%d.%d' % sys.version_info[:2], sys.version_info >= (3, 11), sys.base_prefix)"
	out, err := exec.CommandContext(ctx, path, "-c", script).Output()
	words := strings.SplitN(strings.TrimSpace(string(out)), " ", 3)
	switch {
	case ctx.Err() != nil:
		return interpreter{}, ctx.Err()
	case err != nil || len(words) != 3:
		return interpreter{}, fmt.Errorf("%w: python3 does not start: run python3 --version to see why", ErrNoPython)
	case words[1] != "True":
		return interpreter{}, fmt.Errorf("%w: it needs Python 3.11 or newer, and python3 is %s: install a newer one and put it first in PATH", ErrNoPython, words[0])
	}
	return interpreter{path, words[0], words[2]}, nil
}

// pythonEnvironment answers a virtual environment with what the requirements
// name, made the first time and kept by what it was made from. It is "" where
// Python has no venv and its own packages do.
func (p Project) pythonEnvironment(ctx context.Context, python interpreter, requirements string, say func(string)) (string, error) {
	hash := sha256.Sum256([]byte(requirements + python.version + python.where))
	final := p.cache("python", fmt.Sprintf("%x", hash[:8]))
	if _, err := os.Stat(filepath.Join(final, installed)); err == nil {
		return final, markUsed(final)
	}
	if !imports(ctx, python, "venv", "ensurepip") {
		if imports(ctx, python, "flask", "gunicorn", "psycopg_pool", "psycopg", "aws_xray_sdk") {
			say("Python has no venv here: Flask runs on the packages that are installed, whatever their versions")
			return "", nil
		}
		return "", fmt.Errorf("%w: Python has no venv, and Flask is not installed either: install python3-venv", ErrNoPython)
	}
	say("installing Flask and what it needs into an environment of its own: half a minute the first time")
	if err := os.RemoveAll(final); err != nil { // one without the mark is damaged
		return "", err
	}
	err := makeOnce(final, func(work string) error { return install(ctx, python, work, requirements) })
	if err != nil {
		return "", err
	}
	return final, prune(filepath.Dir(final))
}

// installed marks an environment that is complete, with the requirements in it.
const installed = "requirements.txt"

func install(ctx context.Context, python interpreter, dir, requirements string) error {
	venv := step{what: "Python's virtual environment cannot be made", path: python.path, args: []string{"-m", "venv", dir}}
	if _, err := venv.run(ctx); err != nil {
		return err
	}
	list := filepath.Join(dir, "."+installed)
	if err := os.WriteFile(list, []byte(requirements), 0o644); err != nil {
		return err
	}
	pip := step{
		what: "Flask cannot be installed", path: filepath.Join(dir, "bin", "python"),
		args: []string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--requirement", list},
	}
	if _, err := pip.run(ctx); err != nil {
		return err
	}
	return os.Rename(list, filepath.Join(dir, installed))
}

// imports says whether Python has all of these modules.
func imports(ctx context.Context, python interpreter, modules ...string) bool {
	return exec.CommandContext(ctx, python.path, "-c", "import "+strings.Join(modules, ", ")).Run() == nil
}
