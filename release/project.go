package release

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Project is a checkout of this repository.
type Project struct{ Dir string }

// FindProject finds the checkout that a folder lies in.
func FindProject(dir string) (Project, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Project{}, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		content, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil && strings.HasPrefix(string(content), "module catalog\n") {
			return Project{Dir: at}, nil
		}
		if at == filepath.Dir(at) {
			return Project{}, fmt.Errorf("%s is not inside the catalog repository: change into its folder first", dir)
		}
	}
}

// Path is a path inside the project.
func (p Project) Path(elements ...string) string {
	return filepath.Join(append([]string{p.Dir}, elements...)...)
}

// StateDir is where a local environment keeps its state.
func (p Project) StateDir(suffix string) string { return p.Path(".local", suffix) }

// NodeModules is where npm ci puts the pinned tools.
func (p Project) NodeModules() string { return p.Path("node_modules") }

// RemoveCache removes every cached assembly and image.
func (p Project) RemoveCache() error { return os.RemoveAll(p.cache()) }

// cache begins with a dot, which no environment's suffix does.
func (p Project) cache(elements ...string) string {
	return p.Path(append([]string{".local", ".cache"}, elements...)...)
}

// tool is a program that must be installed.
type tool struct{ name, use, get string }

var (
	goTool   = tool{"go", "it builds the API and the CDK app", "install Go 1.26 from https://go.dev/dl"}
	nodeTool = tool{"node", "the AWS CDK runs on it", "install Node 20 or newer from https://nodejs.org"}
)

func (t tool) find() (string, error) {
	path, err := exec.LookPath(t.name)
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return "", fmt.Errorf("the program %s was not found in PATH and %s: %s", t.name, t.use, t.get)
	}
	return path, err
}

// CheckTools says which program or npm package is missing, before anything
// long begins.
func (p Project) CheckTools() error {
	for _, t := range []tool{goTool, nodeTool} {
		if _, err := t.find(); err != nil {
			return err
		}
	}
	if _, err := os.Stat(p.cli()); err != nil {
		return fmt.Errorf("the AWS CDK's command line is not in %s: install the pinned version with npm ci", p.NodeModules())
	}
	return nil
}

// cli is the CDK's command line, at the version that package-lock.json pins.
func (p Project) cli() string { return filepath.Join(p.NodeModules(), "aws-cdk", "bin", "cdk") }
