package registry

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
)

func archive(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		content := h.Linkname
		if h.Typeflag == tar.TypeReg {
			h.Size, h.Linkname = int64(len(content)), ""
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// file has its content where a link has its target.
func file(name, content string, mode int64) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeReg, Linkname: content, Mode: mode}
}

func layered(t *testing.T, layers ...[]byte) v1.Image {
	t.Helper()
	image := v1.Image(empty.Image)
	for _, content := range layers {
		var err error
		if image, err = mutate.AppendLayers(image, static.NewLayer(content, "application/vnd.oci.image.layer.v1.tar")); err != nil {
			t.Fatal(err)
		}
	}
	return image
}

// tree lists files with their contents.
func tree(t *testing.T, folder string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		relative, _ := filepath.Rel(folder, path)
		all = append(all, relative+"="+string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestC3_LayersLieOverEachOther: a later one changes and removes.
func TestC3_LayersLieOverEachOther(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "images", "one")
	image := layered(t,
		archive(t, file("etc/a", "1", 0o644), file("etc/b", "1", 0o644), file("opt/x/1", "1", 0o644), file("bin", "old", 0o644)),
		archive(t, file("/etc/a", "2", 0o600), file("etc/.wh.b", "", 0), file("opt/x/.wh..wh..opq", "", 0), file("opt/x/2", "2", 0o644), file("bin", "new", 0o4755)),
	)
	for range 2 { // the second finds it there
		if err := Unpack(image, folder); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := tree(t, folder), []string{"bin=new", "etc/a=2", "opt/x/2=2"}; !slices.Equal(got, want) {
		t.Errorf("unpacked %q, want %q", got, want)
	}
	info, err := os.Stat(filepath.Join(folder, "bin"))
	if err != nil || info.Mode() != 0o755 {
		t.Errorf("the program's mode is %v, %v, want 0755 without special bits", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(folder)); len(left) != 1 {
		t.Errorf("beside it lies %v", left)
	}
}

// TestG4_AHostileImageWritesNothingOutside and leaves nothing behind.
func TestG4_AHostileImageWritesNothingOutside(t *testing.T) {
	t.Parallel()
	for name, hostile := range map[string][]byte{
		"a path upwards":      archive(t, file("../out", "x", 0o644)),
		"a hidden way up":     archive(t, file("a/../../out", "x", 0o644)),
		"a symbolic link":     archive(t, tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "/etc"}),
		"a hard link":         archive(t, tar.Header{Name: "a", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}),
		"a device":            archive(t, tar.Header{Name: "a", Typeflag: tar.TypeBlock}),
		"a pipe":              archive(t, tar.Header{Name: "a", Typeflag: tar.TypeFifo}),
		"a whiteout upwards":  archive(t, file(".wh...", "", 0)),
		"a file in a file":    archive(t, file("a", "x", 0o644), file("a/b", "x", 0o644)),
		"no archive":          []byte(strings.Repeat("not an archive ", 100)),
		"a cut off archive":   archive(t, file("a", strings.Repeat("x", 2000), 0o644))[:1500],
		"more than it may be": huge(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			if err := Unpack(layered(t, hostile), filepath.Join(parent, "in", "image")); err == nil {
				t.Error("it was unpacked")
			}
			if left := tree(t, parent); len(left) > 0 {
				t.Errorf("it left %q", left)
			}
		})
	}
}

// huge claims a file larger than an image may be.
func huge(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tar.NewWriter(&b).WriteHeader(&tar.Header{Name: "a", Typeflag: tar.TypeReg, Size: maxUnpacked + 1}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func FuzzUnpack(f *testing.F) {
	f.Add(archive(f, file("etc/a", "1", 0o644), file("etc/.wh.a", "", 0)))
	f.Add(archive(f, file("../a", "1", 0o644)))
	f.Add(archive(f, tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: ".."}, file("a/b", "1", 0o644)))
	f.Fuzz(func(t *testing.T, content []byte) {
		parent := t.TempDir()
		folder := filepath.Join(parent, "image")
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		left := int64(1 << 20)
		_ = unpack(bytes.NewReader(content), folder, &left)
		entries, err := os.ReadDir(parent)
		if err != nil || len(entries) != 1 {
			t.Fatalf("beside the image lies %v, %v", entries, err)
		}
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, _ error) error {
			if entry != nil && !entry.IsDir() && !entry.Type().IsRegular() {
				t.Errorf("%s is a %s", path, entry.Type())
			}
			return nil
		})
	})
}
