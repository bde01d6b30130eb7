package release

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func silent(string) {}

func synthesize(t *testing.T, p Project, cdkContext map[string]string) Assembly {
	t.Helper()
	assembly, err := p.Synthesize(t.Context(), cdkContext, silent)
	if err != nil {
		t.Fatal(err)
	}
	return assembly
}

// TestX1_AssemblyIsCachedByItsInputs: what goes into it, and nothing else,
// makes a new one.
func TestX1_AssemblyIsCachedByItsInputs(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	cdkContext := map[string]string{"environmentSuffix": "dev"}
	first := synthesize(t, p, cdkContext)
	if first.Cached {
		t.Error("the first synthesis came from the cache")
	}
	content, err := os.ReadFile(filepath.Join(first.Dir, "manifest.json"))
	if err != nil || !strings.Contains(string(content), `"environmentSuffix=dev"`) {
		t.Errorf("the command line was called with %s, %v", content, err)
	}
	if entries, _ := filepath.Glob(filepath.Join(first.Dir, "*")); len(entries) != 1 {
		t.Errorf("the assembly holds %v, want what the command line wrote", entries)
	}

	for _, same := range []string{"README.md", "lib/stack_test.go", "api/rest/routes.go"} {
		write(t, p, same, "package any\n")
		if again := synthesize(t, p, cdkContext); !again.Cached || again.Dir != first.Dir {
			t.Errorf("a change of %s made a new assembly", same)
		}
	}
	seen := []string{first.Dir}
	for _, input := range []string{"lib/stack.go", "lib/network.go", "contract/contract.go", "cdk.json", "package-lock.json", "cmd/infra/other.go"} {
		write(t, p, input, "package main // changed\n")
		if strings.HasPrefix(input, "cmd/") {
			write(t, p, input, "package main\n")
		}
		again := synthesize(t, p, cdkContext)
		if again.Cached || slices.Contains(seen, again.Dir) {
			t.Errorf("a change of %s made no new assembly", input)
		}
		seen = append(seen, again.Dir)
	}
	if other := synthesize(t, p, map[string]string{"environmentSuffix": "prod"}); other.Cached {
		t.Error("another suffix made no new assembly")
	}
}

func TestX5_FailedSynthesisLeavesNothingInTheCache(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	_, err := p.Synthesize(t.Context(), map[string]string{"broken": "true"}, silent)
	if err == nil || !strings.Contains(err.Error(), "cannot be synthesized: the stack is broken") {
		t.Errorf("the error is %v", err)
	}
	write(t, p, "cmd/infra/broken.go", "package main\n\nvar x int = true\n")
	_, err = p.Synthesize(t.Context(), nil, silent)
	if err == nil || !strings.Contains(err.Error(), "the CDK app does not compile") || !strings.Contains(err.Error(), "broken.go:3") {
		t.Errorf("the error is %v", err)
	}
	left, err := os.ReadDir(p.cache("assembly"))
	if err != nil || len(left) > 0 {
		t.Errorf("the cache holds %v, %v", left, err)
	}
}

// TestX5_DamagedCacheEntryIsMadeAnew: one that lost its manifest.
func TestX5_DamagedCacheEntryIsMadeAnew(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	first := synthesize(t, p, nil)
	if err := os.Remove(filepath.Join(first.Dir, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	write(t, p, strings.TrimPrefix(filepath.Join(first.Dir, "leftover"), p.Dir), "")
	again := synthesize(t, p, nil)
	if _, err := os.Stat(filepath.Join(again.Dir, "manifest.json")); err != nil || again.Cached {
		t.Errorf("the second synthesis left a damaged entry: %+v, %v", again, err)
	}
}

func TestX5_InterruptedSynthesisSaysSo(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := p.Synthesize(ctx, nil, func(string) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
