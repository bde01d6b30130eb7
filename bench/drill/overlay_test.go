package main

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestI7_ThisGosClockCanBeMoved: the drill of the clock changes the source of
// package time, which a new Go may have written otherwise.
func TestI7_ThisGosClockCanBeMoved(t *testing.T) {
	t.Parallel()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	changed, err := shiftable(string(source))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(changed, "drillAhead.Load()") != 1 {
		t.Error("time.Now does not add the offset, or others do as well")
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "time.go", changed, 0); err != nil {
		t.Error(err)
	}
	if _, err := shiftable("package time"); err == nil {
		t.Error("another source is taken")
	}
}

func TestI7_TheClocksFile(t *testing.T) {
	t.Parallel()
	c := clock(filepath.Join(t.TempDir(), "clock"))
	for want, offset := range map[string]time.Duration{"3600": time.Hour, "0": 0} {
		if err := c.set(offset); err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(string(c)); err != nil || string(content) != want {
			t.Errorf("the file says %q, %v, want %s", content, err, want)
		}
	}
}

// TestI7_AReleaseChangesTheVariablesThatItNames, wherever they stand.
func TestI7_AReleaseChangesTheVariablesThatItNames(t *testing.T) {
	t.Parallel()
	template := map[string]any{"Containers": []any{
		map[string]any{"Environment": []any{
			map[string]any{"Name": "LOG_LEVEL", "Value": "info"}, map[string]any{"Name": "PORT", "Value": "8080"},
		}},
		map[string]any{"Name": "LOG_LEVEL"}, // no variable
	}}
	if n := setVariables(template, map[string]string{"LOG_LEVEL": "debug"}); n != 1 {
		t.Errorf("%d variables were changed, want 1", n)
	}
	changed := template["Containers"].([]any)[0].(map[string]any)["Environment"].([]any)
	if changed[0].(map[string]any)["Value"] != "debug" || changed[1].(map[string]any)["Value"] != "8080" {
		t.Errorf("the variables are %v", changed)
	}
}
