package contract_test

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"catalog/contract"
)

func TestG1_ValidSuffix(t *testing.T) {
	t.Parallel()
	for suffix, want := range map[string]bool{
		"a":             true,
		"dev":           true,
		"blue-7":        true,
		"a--b":          true,
		"z9":            true,
		"twelve-chars":  true,
		"":              false,
		"thirteen-char": false,
		"7days":         false,
		"-dev":          false,
		"dev-":          false,
		"Dev":           false,
		"deV":           false,
		"dev_1":         false,
		"dev.1":         false,
		"dev 1":         false,
		"dév":           false,
		"дев":           false,
		"dev\n":         false,
		"dev\x00":       false,
	} {
		if got := contract.ValidSuffix(suffix); got != want {
			t.Errorf("ValidSuffix(%q) is %v: the rule is %s", suffix, got, contract.SuffixRule)
		}
	}
}

func FuzzValidSuffix(f *testing.F) {
	for _, seed := range []string{"dev", "a", "", "dev-", "-dev", "Dev", "twelve-chars", "thirteen-char", "дев", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		allowed := strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" // trimmed from the ends: all of it
		want := allowed && s != "" && len(s) <= 12 && strings.IndexAny(s, "abcdefghijklmnopqrstuvwxyz") == 0 && !strings.HasSuffix(s, "-")
		if got := contract.ValidSuffix(s); got != want {
			t.Errorf("ValidSuffix(%q) is %v", s, got)
		}
	})
}

// TestG1_NamesEndWithTheSuffix: what must exist before the stack, and the
// stacks, follow {resource-type}-{purpose}-{environmentSuffix}.
func TestG1_NamesEndWithTheSuffix(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		contract.DBSecretName("qa"):      "secret-catalog-db-qa",
		contract.APISecretName("qa"):     "secret-catalog-api-qa",
		contract.RegistryStackName("qa"): "stack-registry-qa",
		contract.CatalogStackName("qa"):  "stack-catalog-qa",
	} {
		if got != want {
			t.Errorf("the name is %q, not %q", got, want)
		}
	}
}

// TestContractImportsNothing: no wing may reach another one through it.
func TestContractImportsNothing(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		read++
		for _, i := range file.Imports {
			t.Errorf("%s imports %s", e.Name(), i.Path.Value)
		}
	}
	if read == 0 {
		t.Error("no Go file was read")
	}
}
