package release

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newProject is a small project: an app that stands for the CDK app, an API
// that is one file, and a CDK command line that writes a manifest.
func newProject(t *testing.T) Project {
	t.Helper()
	p := Project{Dir: t.TempDir()}
	for name, content := range map[string]string{
		"go.mod":                       "module catalog\n\ngo 1.26\n",
		"cmd/infra/main.go":            "package main\n\nfunc main() {}\n",
		"cmd/catalog/main.go":          "package main\n\nvar version string\n\nfunc main() { println(version) }\n",
		"lib/stack.go":                 "package lib\n",
		"contract/contract.go":         "package contract\n",
		"node_modules/aws-cdk/bin/cdk": cdkScript,
	} {
		write(t, p, name, content)
	}
	return p
}

// cdkScript writes its arguments into the manifest.
const cdkScript = `const fs = require("fs"), args = process.argv.slice(2);
if (args.includes("broken=true")) { console.error("the stack is broken"); process.exit(3); }
fs.writeFileSync(args[args.indexOf("--output") + 1] + "/manifest.json", JSON.stringify(args));
`

func write(t *testing.T, p Project, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.Path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.Path(name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestX5_ProjectIsFoundFromAnyFolderInIt(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	found, err := FindProject(p.Path("cmd/infra"))
	if err != nil || found.Dir != p.Dir {
		t.Errorf("found %q, %v", found.Dir, err)
	}
	if _, err := FindProject(t.TempDir()); err == nil || !strings.Contains(err.Error(), "change into its folder") {
		t.Errorf("outside of it the error is %v", err)
	}
}

func TestX5_MissingToolsAreNamed(t *testing.T) {
	p := newProject(t)
	t.Setenv("PATH", t.TempDir())
	if err := p.CheckTools(); err == nil || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("without go the error is %v", err)
	}
	if _, err := p.BuildImage(t.Context()); err == nil || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("without go the error is %v", err)
	}
}

func TestX5_MissingCommandLineIsNamed(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if err := os.RemoveAll(p.NodeModules()); err != nil {
		t.Fatal(err)
	}
	if err := p.CheckTools(); err == nil || !strings.Contains(err.Error(), "npm ci") {
		t.Errorf("without the CDK's command line the error is %v", err)
	}
}
