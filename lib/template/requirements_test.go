package template

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// requirementIDs are all of the customer's and all lines of the checklist.
func requirementIDs() []string {
	var ids []string
	for _, group := range []struct {
		letter string
		last   int
	}{{"N", 3}, {"C", 3}, {"L", 3}, {"S", 4}, {"A", 3}, {"D", 5}, {"O", 6}, {"G", 7}, {"X", 5}, {"", 56}} {
		for i := range group.last {
			ids = append(ids, fmt.Sprint(group.letter, i+1))
		}
	}
	return ids
}

// requirement is a row of docs/requirements.md.
type requirement struct{ id, what, where, heldBy string }

func documentedRequirements(t *testing.T) []requirement {
	t.Helper()
	var rows []requirement
	for _, line := range strings.Split(read(t, "../../docs/requirements.md"), "\n") {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case len(cells) != 6:
		case cells[1] == "" && len(rows) > 0: // goes on with the row above
			rows[len(rows)-1].heldBy += " " + cells[4]
		case requirementID.MatchString(cells[1]):
			rows = append(rows, requirement{cells[1], cells[2], cells[3], cells[4]})
		}
	}
	return rows
}

var (
	requirementID = regexp.MustCompile(`^[A-Z]?[0-9]+$`)
	quoted        = regexp.MustCompile("`([^`]+)`")
	decision      = regexp.MustCompile(`decision (\d{4})`)
	testName      = regexp.MustCompile(`^(Test|Fuzz)[A-Z0-9]`)
)

// testFunctions are those of the whole repository, by name, as the parser
// finds them: one in a comment counts for nothing.
func testFunctions(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// What a build writes has no tests, and would make this one run each time.
		if entry.IsDir() && path != "../.." &&
			(strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"node_modules", "bin", "cdk.out", "cfn-outputs"}, entry.Name())) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			if function, ok := declared.(*ast.FuncDecl); ok && function.Recv == nil && testName.MatchString(function.Name.Name) {
				found[function.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestChecklist53_EveryRequirementHasATestOrADecision, which exist; and what
// is not met says so and why.
func TestChecklist53_EveryRequirementHasATestOrADecision(t *testing.T) {
	t.Parallel()
	tests := testFunctions(t)
	seen := map[string]int{}
	for _, row := range documentedRequirements(t) {
		seen[row.id]++
		decisions := decision.FindAllStringSubmatch(row.heldBy, -1)
		named := quoted.FindAllStringSubmatch(row.heldBy, -1)
		for _, test := range named {
			if !tests[test[1]] {
				t.Errorf("%s: there is no test %s", row.id, test[1])
			}
		}
		for _, number := range decisions {
			files, err := filepath.Glob("../../docs/decisions/" + number[1] + "-*.md")
			if err != nil || len(files) != 1 {
				t.Errorf("%s: there are %d decisions %s, want 1", row.id, len(files), number[1])
			}
		}
		if len(decisions)+len(named) == 0 {
			t.Errorf("%s has neither a test nor a decision", row.id)
		}
		if unmet := strings.HasPrefix(row.what, "**"); (unmet || len(named) == 0) && len(decisions) == 0 {
			t.Errorf("%s is not met, or not tested, and no decision says why", row.id)
		}
		places := quoted.FindAllStringSubmatch(row.where, -1)
		if len(places) == 0 {
			t.Errorf("%s does not say where", row.id)
		}
		for _, place := range places {
			if _, err := os.Stat(filepath.Join("../..", place[1])); err != nil {
				t.Errorf("%s: %v", row.id, err)
			}
		}
	}
	ids := requirementIDs()
	for _, id := range ids {
		if seen[id] != 1 {
			t.Errorf("%s has %d rows in docs/requirements.md, want 1", id, seen[id])
		}
	}
	for id := range seen {
		if !slices.Contains(ids, id) {
			t.Errorf("docs/requirements.md has the row %s, which nobody asked for", id)
		}
	}
}

// TestX5_DecisionsAreNumberedOnce, entitled by their number, and short.
func TestX5_DecisionsAreNumberedOnce(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../docs/decisions/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	for i, file := range files {
		if number := fmt.Sprintf("%04d-", i+1); !strings.HasPrefix(filepath.Base(file), number) {
			t.Errorf("%s stands where %s… is due", filepath.Base(file), number)
		}
		text := read(t, file)
		if !strings.HasPrefix(text, fmt.Sprintf("# %d. ", i+1)) {
			t.Errorf("%s does not begin with its number", filepath.Base(file))
		}
		for _, part := range []string{"**Context.**", "**Decision.**", "**Consequence.**"} {
			if strings.Count(text, part) != 1 {
				t.Errorf("%s has no %s", filepath.Base(file), part)
			}
		}
	}
}
