package release

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestS1_SameSourceGivesTheSameImage: the digest names what is in it.
func TestS1_SameSourceGivesTheSameImage(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	first, err := p.BuildImage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.BuildImage(t.Context())
	if err != nil || again.Digest != first.Digest || again.Root != first.Root {
		t.Errorf("a second build gives %+v, %v, want %+v", again, err, first)
	}
	out, err := exec.Command(filepath.Join(first.Root, first.Entrypoint[0])).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != first.Version {
		t.Errorf("the program says %q, %v, want its version %q", out, err, first.Version)
	}
	write(t, p, "cmd/catalog/main.go", "package main\n\nfunc main() { println(7) }\n")
	other, err := p.BuildImage(t.Context())
	if err != nil || other.Digest == first.Digest {
		t.Errorf("another source gives the digest %s, %v", other.Digest, err)
	}
	if _, err := os.Stat(first.Root); err != nil {
		t.Errorf("the first image, which may run, is gone: %v", err)
	}
}

func TestX5_APIThatDoesNotCompileIsShown(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	write(t, p, "cmd/catalog/main.go", "package main\n\nfunc main() { undefined() }\n")
	_, err := p.BuildImage(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the API does not compile") || !strings.Contains(err.Error(), "main.go:3") {
		t.Errorf("the error is %v", err)
	}
	if left, _ := os.ReadDir(p.cache("images")); len(left) > 0 {
		t.Errorf("the cache holds %v", left)
	}
}

// TestG6_CacheKeepsWhatIsNewOrInUse: it does not grow for ever.
func TestG6_CacheKeepsWhatIsNewOrInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	age := func(name string, old time.Duration) {
		at := time.Now().Add(-old)
		if err := errors.Join(os.Mkdir(filepath.Join(dir, name), 0o755), os.Chtimes(filepath.Join(dir, name), at, at)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range keptInCache + 3 {
		age("old-"+string(rune('a'+i)), time.Duration(i+2)*keptFor)
	}
	age("today", time.Hour)
	age(".new-under-construction", 100*keptFor)
	if err := prune(dir); err != nil {
		t.Fatal(err)
	}
	var kept []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		kept = append(kept, entry.Name())
	}
	want := ".new-under-construction old-a old-b old-c old-d old-e old-f old-g today"
	if got := strings.Join(kept, " "); got != want {
		t.Errorf("kept %s, want %s", got, want)
	}
}
