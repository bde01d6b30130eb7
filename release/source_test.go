package release

import (
	"os/exec"
	"strings"
	"testing"
)

// inGit makes a project a repository with one commit.
func inGit(t *testing.T, p Project, remote string) {
	t.Helper()
	write(t, p, ".gitignore", ".local\nnode_modules\n")
	for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", remote}, {"add", "."}, {"commit", "-q", "-m", "first"}} {
		command := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		command.Dir = p.Dir
		command.Env = append(command.Environ(), "GIT_COMMITTER_DATE=2026-03-04T05:06:07Z", "GIT_AUTHOR_DATE=2026-03-04T05:06:07Z")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// TestC3_LabelsNameTheCommit: its date, not today's, so that two clones give
// one digest; and never the credentials in a remote's address.
func TestC3_LabelsNameTheCommit(t *testing.T) {
	t.Parallel()
	p, clone := newProject(t), newProject(t)
	inGit(t, p, "https://somebody:hunter2@git.example.com/shop/catalog.git")
	inGit(t, clone, "git@git.example.com:shop/catalog.git")
	first := built(t, p)
	if other := built(t, clone); other.Digest != first.Digest {
		t.Errorf("a clone gives %s, want %s", other.Digest, first.Digest)
	}
	config, err := opened(t, first, 0).ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	labels := config.Config.Labels
	if labels["org.opencontainers.image.source"] != "https://git.example.com/shop/catalog" ||
		labels["org.opencontainers.image.created"] != "2026-03-04T05:06:07Z" || len(labels["org.opencontainers.image.revision"]) != 40 ||
		!strings.HasPrefix(labels["org.opencontainers.image.revision"], first.Version) {
		t.Errorf("the labels are %v", labels)
	}
	write(t, p, "api/api.go", "package api\n")
	once := built(t, p)
	if !strings.HasPrefix(once.Version, first.Version+"-dirty-") {
		t.Errorf("with a change the version is %s", once.Version)
	}
	write(t, p, "api/api.go", "package api // again\n")
	if twice := built(t, p); twice.Version == once.Version {
		t.Errorf("two changes have the version %s, and a tag does not move", twice.Version)
	}
}

func TestX5_RemotesBecomeAddresses(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"https://example.com/a/b.git":       "https://example.com/a/b",
		"https://u:p@example.com:8443/a/":   "https://example.com/a",
		"ssh://git@example.com:22/a/b":      "https://example.com/a/b",
		"git@example.com:a/b.git":           "https://example.com/a/b",
		"/srv/git/catalog.git":              "",
		"file:///srv/git/catalog":           "",
		"../catalog":                        "",
		"":                                  "",
		"https://":                          "",
		"ext::sh -c touch% /tmp/x":          "",
		"https://token@example.com/a?b=c#d": "https://example.com/a",
	} {
		if got := webAddress(remote); got != want {
			t.Errorf("webAddress(%q) is %q, want %q", remote, got, want)
		}
	}
}

func FuzzWebAddress(f *testing.F) {
	for _, seed := range []string{"https://u:secret@example.com/a", "git@h:p", "a:b", "::", "ssh://secret@h", "https://h/%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, remote string) {
		got := webAddress(remote)
		if got == "" {
			return
		}
		host, _, _ := strings.Cut(strings.TrimPrefix(got, "https://"), "/")
		if !strings.HasPrefix(got, "https://") || host == "" || strings.Contains(host, "@") {
			t.Errorf("%q becomes %q", remote, got)
		}
	})
}

func FuzzAsTag(f *testing.F) {
	for _, seed := range []string{"v1.2.3", "release/1", "-a", ".b", strings.Repeat("x", 200), "é", "1.0.0+build"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, version string) {
		tag := asTag(version)
		if len(tag) > 128 || notInTags.MatchString(tag) || strings.HasPrefix(tag, "-") || strings.HasPrefix(tag, ".") {
			t.Errorf("%q becomes the tag %q", version, tag)
		}
	})
}

func FuzzPlatform(f *testing.F) {
	for _, seed := range []string{"linux/amd64", "linux/arm64", "linux", "", "/", "a/b/c", "linux/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParsePlatform(text); err == nil && p.String() != text {
			t.Errorf("%q is read as %s", text, p)
		}
		var p Platform
		if err := p.UnmarshalText([]byte(text)); err == nil && p.String() != text {
			t.Errorf("%q is read as %s", text, p)
		}
	})
}
