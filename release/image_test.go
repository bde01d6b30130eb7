package release

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// built builds an image, for this machine unless told otherwise.
func built(t *testing.T, p Project, platforms ...Platform) Image {
	t.Helper()
	if len(platforms) == 0 {
		platforms = []Platform{HostPlatform()}
	}
	image, err := p.BuildImage(t.Context(), platforms...)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// opened is one platform's image as other tools see it.
func opened(t *testing.T, i Image, n int) v1.Image {
	t.Helper()
	index, err := layout.ImageIndexFromPath(i.Layout)
	if err != nil {
		t.Fatal(err)
	}
	if len(i.Platforms) > 1 {
		if index, err = index.ImageIndex(hashFrom(t, i.Digest)); err != nil {
			t.Fatal(err)
		}
	}
	image, err := index.Image(hashFrom(t, i.Platforms[n].Digest))
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func hashFrom(t *testing.T, digest string) v1.Hash {
	t.Helper()
	hash, err := v1.NewHash(digest)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// files are what an image's layers hold.
func files(t *testing.T, image v1.Image) map[string][]byte {
	t.Helper()
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, layer := range layers {
		archive, err := layer.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		reader := tar.NewReader(archive)
		for {
			header, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if all[header.Name], err = io.ReadAll(reader); err != nil {
				t.Fatal(err)
			}
			if header.Uid != 0 || header.ModTime.Unix() != 0 {
				t.Errorf("%s has the owner %d and the time %s, which differ between machines", header.Name, header.Uid, header.ModTime)
			}
		}
		archive.Close()
	}
	return all
}

// TestS1_SameSourceGivesTheSameImage: the digest names what is in it, in
// whatever folder and however often it is built.
func TestS1_SameSourceGivesTheSameImage(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	first := built(t, p)
	if again := built(t, p); again.Digest != first.Digest || again.Layout != first.Layout {
		t.Errorf("a second build gives %+v, want %+v", again, first)
	}
	if err := p.RemoveCache(); err != nil {
		t.Fatal(err)
	}
	if anew := built(t, p); anew.Digest != first.Digest || !slices.Equal(anew.Referrers, first.Referrers) {
		t.Errorf("without the cache it is %+v, want %+v", anew, first)
	}
	elsewhere := newProject(t)
	if other := built(t, elsewhere); other.Digest != first.Digest || !slices.Equal(other.Referrers, first.Referrers) {
		t.Errorf("in another folder it is %+v, want %+v", other, first)
	}
	write(t, p, "cmd/catalog/main.go", "package main\n\nfunc main() { println(7) }\n")
	if other := built(t, p); other.Digest == first.Digest || other.Version == first.Version {
		t.Errorf("another source gives the digest %s and the version %s", other.Digest, other.Version)
	}
	if _, err := os.Stat(first.Layout); err != nil {
		t.Errorf("the first image, which may run, is gone: %v", err)
	}
}

// TestC3_TheImageHoldsTheProgramAndItsAuthorities, and says how to run it.
func TestC3_TheImageHoldsTheProgramAndItsAuthorities(t *testing.T) {
	t.Parallel()
	i := built(t, newProject(t))
	image := opened(t, i, 0)
	found := files(t, image)
	if len(found) != 5 || !bytes.HasPrefix(found["etc/ssl/certs/ca-certificates.crt"], []byte("-----BEGIN CERTIFICATE-----")) {
		t.Errorf("the image holds %d files and folders, want the program, the authorities and their 3 folders", len(found))
	}
	file := filepath.Join(t.TempDir(), "catalog")
	if err := os.WriteFile(file, found["catalog"], 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("/bin/sh", "-c", `exec "$0"`, file).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != i.Version {
		t.Errorf("the program says %q, %v, want its version %q", out, err, i.Version)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config
	if c.User != "65532" || c.WorkingDir != "/" || !slices.Equal(c.Entrypoint, []string{"/catalog"}) || !slices.Equal(c.Cmd, []string{"serve"}) || len(c.Env) > 0 {
		t.Errorf("the configuration is %+v", c)
	}
	if _, ok := c.ExposedPorts["8080/tcp"]; !ok || len(c.ExposedPorts) != 1 {
		t.Errorf("the ports are %v", c.ExposedPorts)
	}
	if c.Labels["org.opencontainers.image.version"] != i.Version || c.Labels["org.opencontainers.image.created"] != "1970-01-01T00:00:00Z" {
		t.Errorf("the labels are %v", c.Labels)
	}
}

// TestC3_BothPlatformsUnderOneDigest: each is the image that is built alone.
func TestC3_BothPlatformsUnderOneDigest(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	both, one := built(t, p, Platforms...), built(t, p, Platforms[0])
	if len(both.Platforms) != 2 || both.Platforms[0].Digest != one.Digest || both.Digest == one.Digest || len(both.Referrers) != 3 {
		t.Errorf("both are %+v, one is %+v", both, one)
	}
	index, err := layout.ImageIndexFromPath(both.Layout)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || manifest.Manifests[0].MediaType != "application/vnd.oci.image.index.v1+json" || manifest.Manifests[0].Digest.String() != both.Digest {
		t.Errorf("the layout lists %+v, %v", manifest, err)
	}
	for i, platform := range Platforms {
		config, err := opened(t, both, i).ConfigFile()
		if err != nil || config.Architecture != platform.Arch || config.OS != platform.OS {
			t.Errorf("image %d is for %+v, %v, want %s", i, config, err, platform)
		}
	}
}

// TestX5_DamagedImageIsBuiltAnew: one that lost a blob, or a part of one.
func TestX5_DamagedImageIsBuiltAnew(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	first := built(t, p)
	for name, damage := range map[string]func(string) error{
		"lost": os.Remove, "cut": func(path string) error { return os.Truncate(path, 1) },
	} {
		if err := damage(blobPath(first.Layout, hashFrom(t, first.Platforms[0].Config))); err != nil {
			t.Fatal(err)
		}
		if _, err := openImage(first.Layout); err == nil {
			t.Fatalf("with a blob that was %s the image can be read", name)
		}
		if again := built(t, p); again.Digest != first.Digest || again.Layout != first.Layout {
			t.Fatalf("the image with a blob that was %s becomes %+v", name, again)
		}
	}
}

func TestX5_APIThatDoesNotCompileIsShown(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	write(t, p, "cmd/catalog/main.go", "package main\n\nfunc main() { undefined() }\n")
	_, err := p.BuildImage(t.Context(), HostPlatform())
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
