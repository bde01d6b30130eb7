package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// withoutPython is what make lint says where it has no Python for cfn-lint.
const withoutPython = "none"

// cfnLint answers where make lint has cfn-lint. Without make lint the linters
// are left out: they add ten seconds, and Python, to the other tests.
func cfnLint(t *testing.T) string {
	t.Helper()
	program := os.Getenv("CFN_LINT")
	if program == "" {
		t.Skip("make lint runs it")
	}
	return program
}

// TestChecklist54_CfnLintFindsNothing: neither errors nor warnings, but those
// that linters/cfnlint.yaml explains.
func TestChecklist54_CfnLintFindsNothing(t *testing.T) {
	program := cfnLint(t)
	if program == withoutPython {
		t.Skip("there is no Python for cfn-lint")
	}
	// Read here so that go test notices a change of them.
	for _, name := range []string{"linters/cfnlint.yaml", "linters/requirements.txt"} {
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	t.Parallel()
	args := []string{"--config-file", "linters/cfnlint.yaml", "--format", "json", "--template"}
	for _, e := range linted() {
		args = append(args, e.templateFiles(t)...)
	}
	var found []struct {
		Filename, Level, Message string
		Rule                     struct{ ID string }
		Location                 struct{ Path []any }
	}
	failed := lint(exec.Command(program, args...), &found)
	if failed != nil {
		t.Fatal(failed)
	}
	for _, f := range found {
		t.Errorf("%s: %s %s at %s: %s: correct it in lib, or explain the rule in lib/template/linters/cfnlint.yaml",
			filepath.Base(f.Filename), f.Level, f.Rule.ID, strings.Trim(fmt.Sprint(f.Location.Path), "[]"), f.Message)
	}
}

// TestChecklist54_GuardFindingsAreExplained: the rules of AWS Control Tower
// hold for every resource, or explainGuard says beside it why not. An
// explanation that no environment needs any more fails too.
func TestChecklist54_GuardFindingsAreExplained(t *testing.T) {
	cfnLint(t)
	if _, err := os.ReadFile("../../package-lock.json"); err != nil { // so that go test notices another version
		t.Fatal(err)
	}
	t.Parallel()
	var mutex sync.Mutex
	var done sync.WaitGroup
	needed := map[explanation]bool{} // whether something was found where one stands
	for name, e := range linted() {
		done.Go(func() {
			found, err := guard(e.templateFiles(t))
			mutex.Lock()
			defer mutex.Unlock()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			reasons := e.explanations(t)
			for at, reason := range reasons {
				needed[at] = needed[at] || found[at] != ""
				if len(strings.Fields(reason)) < 4 {
					t.Errorf("%s: %s at %s is explained by %q: say why the rule does not hold", name, at.rule, at.resource, reason)
				}
			}
			for at, requirement := range found {
				if reasons[at] == "" {
					t.Errorf("%s: %s at %s: %s: correct it in lib, or say beside the resource, by explainGuard, why not",
						name, at.rule, at.resource, requirement)
				}
			}
		})
	}
	done.Wait()
	for at, is := range needed {
		if !is {
			t.Errorf("%s at %s is explained and was not found: remove its explainGuard", at.rule, at.resource)
		}
	}
}

// explanation is where one stands: a resource by its logical id, and a rule.
type explanation struct{ resource, rule string }

// explanations are those in an environment's templates. Guard's own engine
// leaves the suppressing to the rules, and Control Tower's know none.
func (e *environment) explanations(t *testing.T) map[explanation]string {
	reasons := map[explanation]string{}
	for _, path := range e.templateFiles(t) {
		var tmpl struct {
			Resources map[string]struct {
				Metadata struct {
					Guard struct {
						SuppressedRules []string
						Reasons         map[string]string
					}
				}
			}
		}
		if err := readJSON(path, &tmpl); err != nil {
			t.Error(err)
		}
		for id, r := range tmpl.Resources {
			for _, rule := range r.Metadata.Guard.SuppressedRules {
				reasons[explanation{id, rule}] = r.Metadata.Guard.Reasons[rule]
			}
		}
	}
	return reasons
}

func (e *environment) templateFiles(t *testing.T) []string {
	paths, err := filepath.Glob(filepath.Join(e.directory, "*.template.json"))
	want := 2
	if e.delivery.Resources != nil {
		want = 3
	}
	if err != nil || len(paths) != want {
		t.Errorf("%s has the templates %v, %v", e.suffix, paths, err)
	}
	return paths
}

var (
	guardRule     = regexp.MustCompile(`\[(CT\.[A-Z0-9.-]+)\]: (.*)`)
	guardResource = regexp.MustCompile(`/Resources/([A-Za-z0-9]+)`)
)

// guard holds templates against Control Tower's rules and answers what each
// finding requires.
func guard(templates []string) (map[explanation]string, error) {
	const module = "../../node_modules/@cdklabs/cdk-validator-cfnguard"
	system := map[string]string{"linux": "ubuntu", "darwin": "macos"}[runtime.GOOS]
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	args := []string{
		"validate", "--rules", filepath.Join(module, "rules/control-tower/cfn-guard"),
		"--structured", "--output-format", "json", "--show-summary", "none", "--data",
	}
	var reports []struct {
		Compliant    []string        `json:"compliant"`
		NotCompliant json.RawMessage `json:"not_compliant"`
	}
	err := lint(exec.Command(filepath.Join(module, "bin", system, machine, "cfn-guard"), append(args, templates...)...), &reports)
	if err != nil {
		return nil, err
	}
	passed, found := 0, map[explanation]string{}
	for _, report := range reports {
		passed += len(report.Compliant)
		var failed []any
		if err := json.Unmarshal(report.NotCompliant, &failed); err != nil {
			return nil, err
		}
		for _, rule := range failed {
			texts := slices.Collect(stringsIn(rule))
			title, resources := []string{"", "", "a rule without a name"}, []string{}
			for _, text := range texts {
				if match := guardRule.FindStringSubmatch(text); match != nil {
					title = match
				}
				for _, match := range guardResource.FindAllStringSubmatch(text, -1) {
					resources = append(resources, match[1])
				}
			}
			if len(resources) == 0 {
				resources = []string{"the template"}
			}
			for _, resource := range resources {
				found[explanation{resource, title[1]}] = title[2]
			}
		}
	}
	if len(reports) != len(templates) || passed < 30 {
		return nil, fmt.Errorf("cfn-guard read %d of %d templates, and %d rules passed: run make lint again after rm -r node_modules",
			len(reports), len(templates), passed)
	}
	return found, nil
}

// stringsIn walks over every string in a JSON value.
func stringsIn(value any) func(yield func(string) bool) {
	var walk func(value any, yield func(string) bool) bool
	walk = func(value any, yield func(string) bool) bool {
		switch value := value.(type) {
		case string:
			return yield(value)
		case []any:
			return !slices.ContainsFunc(value, func(item any) bool { return !walk(item, yield) })
		case map[string]any:
			for _, item := range value {
				if !walk(item, yield) {
					return false
				}
			}
		}
		return true
	}
	return func(yield func(string) bool) { walk(value, yield) }
}

// lint runs a linter and reads its report. That it exits with another code
// than 0 is no failure as long as there is one.
func lint(command *exec.Cmd, report any) error {
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return err
	}
	if broken := json.Unmarshal(output, report); broken != nil {
		return fmt.Errorf("%s gave no report (%w): %s%s", filepath.Base(command.Path), err, stderr.Bytes(), output)
	}
	return nil
}
