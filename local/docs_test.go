package local

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/local.md names the test that shows each behaviour: every name is one
// of a test that there is.
func TestI5_TheTableOfBehavioursNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/local.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, folder := range []string{".", "../cmd/catalogctl"} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			content, err := os.ReadFile(path)
			sources.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	names := regexp.MustCompile("`(Test[A-Za-z0-9_]+|Fuzz[A-Za-z0-9_]+)`").FindAllStringSubmatch(string(page), -1)
	if len(names) < 40 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, name := range names {
		if !strings.Contains(sources.String(), "func "+name[1]+"(") {
			t.Errorf("%s does not exist", name[1])
		}
	}
}

// No file of the local place is longer than 300 lines.
func TestI5_FilesAreShort(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		content, err := os.ReadFile(path)
		if lines := strings.Count(string(content), "\n"); lines > 300 {
			t.Errorf("%s has %d lines, more than 300", path, lines)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
