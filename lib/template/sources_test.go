package template

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestX5_PackageCommentsNameEveryFile, as the map that a reader begins with.
func TestX5_PackageCommentsNameEveryFile(t *testing.T) {
	t.Parallel()
	// Neither imported nor read in the tests themselves, and part of what they
	// look at: go test answers from its cache unless one of these changed.
	for _, path := range []string{"../../go.mod", "../../cdk.json", "../../cmd/infra/main.go", "../quietnode/quietnode.go"} {
		read(t, path)
	}
	for _, folder := range []string{"..", "../settings"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) < 2 {
			t.Fatalf("%d files in %s: %v", len(files), folder, err)
		}
		comment := read(t, filepath.Join(folder, "doc.go"))
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(file)
			if name != "doc.go" && !strings.HasSuffix(name, "_test.go") && !strings.Contains(comment, name) {
				t.Errorf("the package comment of %s does not name %s", folder, name)
			}
		}
	}
}
