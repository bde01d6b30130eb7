package contract_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What every wing but the infrastructure must do without: the CDK takes a
// minute to build, and nothing of it belongs into the container image.
const (
	cdk  = "github.com/aws/aws-cdk-go"
	jsii = "github.com/aws/jsii-runtime-go"
)

// wing is a part of the project and what it may never reach.
type wing struct {
	packages string
	// mayReach are the only packages of this module that it may reach besides
	// its own.
	mayReach []string
	never    []string
	// testsMayReach holds for its tests on top of that.
	testsMayReach []string
}

var wings = map[string]wing{
	"lib":          {packages: "./lib/...", mayReach: []string{"catalog/contract"}},
	"lib/settings": {packages: "./lib/settings", mayReach: []string{"catalog/contract"}, never: []string{cdk, jsii}},
	// The CDK is compiled for the app alone, not again with -race.
	"lib/template": {
		packages: "./lib/template", mayReach: []string{"catalog/contract", "catalog/lib/settings"}, never: []string{cdk, jsii},
	},
	"local":    {packages: "./local/...", mayReach: []string{"catalog/contract"}, never: []string{cdk, jsii}},
	"release":  {packages: "./release/...", mayReach: []string{"catalog/contract"}, never: []string{cdk, jsii}},
	"contract": {packages: "./contract/..."},
	"api": {
		packages: "./api/...", mayReach: []string{"catalog/contract"}, never: []string{cdk, jsii},
		testsMayReach: []string{"catalog/local/pgserver", "catalog/local/process"},
	},
	"cmd/catalog": {
		packages: "./cmd/catalog", mayReach: []string{"catalog/api", "catalog/contract"}, never: []string{cdk, jsii},
		testsMayReach: []string{"catalog/local/pgserver", "catalog/local/process"},
	},
	"cmd/catalogctl": {
		packages: "./cmd/catalogctl", mayReach: []string{"catalog/contract", "catalog/local", "catalog/release"},
		never: []string{cdk, jsii},
	},
	"bench": {
		packages: "./bench/...", mayReach: []string{"catalog/api", "catalog/contract", "catalog/local", "catalog/lib/settings", "catalog/release"},
		never: []string{cdk, jsii},
	},
	"workloads": {
		packages: "./workloads/...", never: []string{cdk, jsii},
		testsMayReach: []string{"catalog/contract", "catalog/local/pgserver", "catalog/local/process", "catalog/release"},
	},
	"integration": {
		packages: "./integration", mayReach: []string{"catalog/contract", "catalog/local", "catalog/release/cloud"}, never: []string{cdk, jsii},
	},
}

// TestX5_WingsStayApart holds the design's "must never be" rules.
func TestX5_WingsStayApart(t *testing.T) {
	t.Parallel()
	lookAtSources(t)
	for name, w := range wings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, reached := range reachedBy(t, "-deps", w.packages) {
				if w.refuses(name, reached, w.mayReach) {
					t.Errorf("%s reaches %s, which it must not", name, reached)
				}
			}
			for _, reached := range reachedBy(t, "-deps", "-test", w.packages) {
				if w.refuses(name, reached, append(w.testsMayReach, w.mayReach...)) {
					t.Errorf("the tests of %s reach %s, which they must not", name, reached)
				}
			}
		})
	}
}

// lookAtSources makes the test's result depend on every Go file, which go list
// alone reads: without it, go test would answer from its cache.
func lookAtSources(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"api", "bench", "cmd", "contract", "integration", "lib", "local", "release", "workloads"} {
		err := filepath.WalkDir(filepath.Join("..", folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			_, err = os.Stat(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (w wing) refuses(name, reached string, allowed []string) bool {
	under := func(root string) bool { return reached == root || strings.HasPrefix(reached, root+"/") }
	switch {
	case slices.ContainsFunc(w.never, under):
		return true
	case !under("catalog"), under("catalog/" + name):
		return false
	}
	return !slices.ContainsFunc(allowed, under)
}

// reachedBy lists the import paths that packages reach, without the marks of
// test variants.
func reachedBy(t *testing.T, args ...string) []string {
	t.Helper()
	var paths []string
	for line := range strings.SplitSeq(golist(t, append(args, "-f", "{{.ImportPath}}")...), "\n") {
		path, _, _ := strings.Cut(line, " ")
		paths = append(paths, strings.TrimSuffix(strings.TrimSuffix(path, ".test"), "_test"))
	}
	return paths
}

// golist runs go list at the module's root; flags go before packages.
func golist(t *testing.T, args ...string) string {
	t.Helper()
	flags := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "./") })
	packages := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return !strings.HasPrefix(a, "./") })
	command := exec.Command("go", slices.Concat([]string{"list"}, flags, packages)...)
	command.Dir, command.Stderr = "..", os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// TestX5_ContractImportsNothing: not even the standard library.
func TestX5_ContractImportsNothing(t *testing.T) {
	t.Parallel()
	if imports := golist(t, "-f", "{{.Imports}}", "./contract"); imports != "[]" {
		t.Errorf("contract imports %s", imports)
	}
}

// TestX5_EveryPackageSaysWhatItIs: a package comment is where a reader begins.
func TestX5_EveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for line := range strings.SplitSeq(golist(t, "-f", "{{.ImportPath}}\t{{.Doc}}", "./..."), "\n") {
		if path, doc, _ := strings.Cut(line, "\t"); doc == "" {
			t.Errorf("package %s has no package comment", path)
		}
	}
}

// TestX5_NoReplaceDirective: what a user builds is what go.mod names.
func TestX5_NoReplaceDirective(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(content), "replace ") {
		t.Error("go.mod has a replace directive")
	}
}
