package release

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakePython stands for python3: VERSION is what it says of itself, MISSING
// the module that it does not have, and PIP_FAILS what pip says when it fails.
const fakePython = `#!/bin/sh
case "$*" in
*version_info*) echo "${VERSION:-3.12 True} /usr" ;;
*import*) [ -z "$MISSING" ] || case "$*" in *$MISSING*) exit 1 ;; esac ;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip "*) [ -z "$PIP_FAILS" ] || { echo "$PIP_FAILS" >&2; exit 1; } ;;
esac
`

// newFlaskProject is a project with a Flask workload, on a machine whose
// python3 is the fake one.
func newFlaskProject(t *testing.T) Project {
	t.Helper()
	p := Project{Dir: t.TempDir()}
	write(t, p, "workloads/flask/requirements.txt", "Flask==3.1.3\n")
	write(t, p, "workloads/flask/gunicorn.conf.py", "bind = 'x'\n")
	write(t, p, "workloads/flask/catalog_flask/__init__.py", "app = None\n")
	write(t, p, "workloads/flask/README.md", "no part of an image\n")
	write(t, p, "bin/python3", fakePython)
	if err := os.Chmod(p.Path("bin/python3"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", p.Path("bin")+":/usr/bin:/bin")
	return p
}

// flask makes the environment, and says how often something long was told of.
func flask(t *testing.T, p Project) (FlaskImage, int) {
	t.Helper()
	notes := 0
	image, err := p.FlaskEnvironment(t.Context(), func(string) { notes++ })
	if err != nil {
		t.Fatal(err)
	}
	return image, notes
}

func TestS1_FlaskEnvironmentIsMadeOnce(t *testing.T) {
	p := newFlaskProject(t)
	first, notes := flask(t, p)
	if notes != 1 || !strings.HasPrefix(first.Digest, "sha256:") || len(first.Digest) != 71 {
		t.Errorf("the first time there are %d notes and the digest %s", notes, first.Digest)
	}
	for _, name := range []string{"gunicorn.conf.py", "catalog_flask/__init__.py", first.Entrypoint[0]} {
		if _, err := os.Stat(filepath.Join(first.Root, name)); err != nil {
			t.Errorf("the image has no %s: %v", name, err)
		}
	}
	if second, notes := flask(t, p); notes != 0 || second.Root != first.Root || second.Digest != first.Digest {
		t.Errorf("the second time there are %d notes and the image %+v, not %+v", notes, second, first)
	}
	if found, ok := p.FindFlask(first.Digest); !ok || found.Root != first.Root || found.Entrypoint[0] != first.Entrypoint[0] {
		t.Errorf("by its digest it is found as %+v, %v", found, ok)
	}
	for _, other := range []string{"", "sha256:", "sha256:*", first.Digest[:70], first.Digest[7:]} {
		if found, ok := p.FindFlask(other); ok {
			t.Errorf("%q finds %+v", other, found)
		}
	}
	write(t, p, "workloads/flask/README.md", "changed\n")
	if same, _ := flask(t, p); same.Digest != first.Digest {
		t.Error("another README makes another image")
	}
	write(t, p, "workloads/flask/catalog_flask/__init__.py", "app = 1\n")
	if changed, notes := flask(t, p); notes != 0 || changed.Digest == first.Digest || changed.Root == first.Root {
		t.Errorf("changed sources make the image %+v after %d notes", changed, notes)
	}
	write(t, p, "workloads/flask/requirements.txt", "Flask==3.1.4\n")
	if _, notes := flask(t, p); notes != 1 {
		t.Error("other requirements are not installed")
	}
}

func TestX5_WithoutPythonTheSentenceSaysWhatToInstall(t *testing.T) {
	for name, c := range map[string]struct{ variable, value, says string }{
		"too old":   {"VERSION", "3.9 False", "python3 is 3.9"},
		"no venv":   {"MISSING", "venv", ""},
		"broken":    {"VERSION", "x", "python3 does not start"},
		"pip fails": {"PIP_FAILS", "no such version", "Flask cannot be installed: no such version"},
		"not there": {"PATH", "/nowhere", "install Python 3.11"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newFlaskProject(t)
			t.Setenv(c.variable, c.value)
			image, err := p.FlaskEnvironment(t.Context(), func(string) {})
			if c.says == "" { // the machine's own packages do
				if err != nil || image.Entrypoint[0] != "python3" {
					t.Errorf("the image is %+v, %v", image, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error is %v", err)
			}
			if wanted := name != "pip fails"; errors.Is(err, ErrNoPython) != wanted {
				t.Errorf("%v says that there is no Python: %v", err, !wanted)
			}
			if left, _ := filepath.Glob(p.Path(".local/.cache/python/*")); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
}
