package registry

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// served is a repository for one test, and what it told.
type served struct {
	*Repository
	t    *testing.T
	mu   sync.Mutex
	told []string
}

func serve(t *testing.T, s Settings) *served {
	t.Helper()
	r := &served{t: t}
	note := func(what string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, what)
	}
	var err error
	r.Repository, err = Start("ecr-catalog-test", s, Told{
		Pushed: func(tag, _ string) { note("pushed " + tag) }, Expired: func(string) { note("expired") },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *served) tag(tag string) name.Tag {
	at, err := name.NewTag(r.Address()+":"+tag, name.Insecure)
	if err != nil {
		r.t.Fatal(err)
	}
	return at
}

// image is one for this machine, unlike any other.
func (r *served) image() v1.Image {
	r.t.Helper()
	image, err := random.Image(100, 1)
	if err == nil {
		image, err = mutate.ConfigFile(image, config(r.t, image, runtime.GOOS, runtime.GOARCH))
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return image
}

func config(t *testing.T, image v1.Image, system, arch string) *v1.ConfigFile {
	t.Helper()
	c, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c = c.DeepCopy()
	c.OS, c.Architecture = system, arch
	return c
}

func (r *served) push(tag string, image v1.Image) {
	r.t.Helper()
	if err := remote.Write(r.tag(tag), image); err != nil {
		r.t.Fatal(err)
	}
}

func digest(t *testing.T, of interface{ Digest() (v1.Hash, error) }) string {
	t.Helper()
	hash, err := of.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return hash.String()
}

// TestC3_AnImmutableTagStays, as Amazon ECR keeps it.
func TestC3_AnImmutableTagStays(t *testing.T) {
	t.Parallel()
	r := serve(t, Settings{Immutable: true})
	first, other := r.image(), r.image()
	r.push("v1", first)
	r.push("v1", first)
	if err := remote.Write(r.tag("v1"), other); err == nil || !strings.Contains(err.Error(), "TAG_INVALID") || !strings.Contains(err.Error(), "immutable") {
		t.Errorf("another image under the tag: %v", err)
	}
	if got, err := r.Pull(t.Context(), "v1"); err != nil || digest(t, got) != digest(t, first) {
		t.Errorf("the tag is %v, %v", got, err)
	}
	r.Change(Settings{})
	r.push("v1", other)
	if want := []string{"pushed v1", "pushed v1"}; !slices.Equal(r.told, want) {
		t.Errorf("it told %q, want %q", r.told, want)
	}
}

// TestC3_TheLastImagesStay: the oldest goes, with what refers to it and its
// blobs, and not what an index that stays has in it.
func TestC3_TheLastImagesStay(t *testing.T) {
	t.Parallel()
	r := serve(t, Settings{Immutable: true, Keep: 3})
	var images []v1.Image
	for i := range 5 {
		image := r.image()
		images = append(images, image)
		r.push(fmt.Sprint("v", i), image)
		descriptor, err := remote.Head(r.tag(fmt.Sprint("v", i)))
		if err != nil {
			t.Fatal(err)
		}
		about, ok := mutate.Subject(mutate.MediaType(empty.Image, "application/vnd.oci.image.manifest.v1+json"), *descriptor).(v1.Image)
		if !ok {
			t.Fatal("no image with a subject")
		}
		at, err := name.NewDigest(r.Address()+"@"+digest(t, about), name.Insecure)
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.Write(at, about); err != nil {
			t.Fatal(err)
		}
	}
	if r.Images() != 3 {
		t.Errorf("%d images are there, want 3", r.Images())
	}
	for i, image := range images {
		_, err := r.Pull(t.Context(), digest(t, image))
		if gone := errors.Is(err, ErrNoImage); gone != (i < 2) {
			t.Errorf("image %d: %v", i, err)
		}
		layers, err := image.Layers()
		if err != nil {
			t.Fatal(err)
		}
		hash, _ := layers[0].Digest()
		response, err := http.Get("http://" + r.listener.Addr().String() + "/v2/ecr-catalog-test/blobs/" + hash.String())
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if gone := response.StatusCode == http.StatusNotFound; gone != (i < 2) {
			t.Errorf("the layer of image %d: %s", i, response.Status)
		}
		list, err := remote.Referrers(r.tag("x").Digest(digest(t, image)))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := list.IndexManifest(); err != nil || len(m.Manifests) != min(1, max(0, i-1)) {
			t.Errorf("image %d is referred to by %+v, %v", i, m, err)
		}
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: images[2]})
	if err := remote.WriteIndex(r.tag("all"), index); err != nil {
		t.Fatal(err)
	}
	r.push("v9", r.image())
	if _, err := r.Pull(t.Context(), digest(t, images[2])); err != nil {
		t.Errorf("the oldest image, which an index lists: %v", err)
	}
	if _, err := r.Pull(t.Context(), digest(t, images[3])); !errors.Is(err, ErrNoImage) {
		t.Errorf("the next one: %v", err)
	}
}

// TestX5_OtherCallsAreRefused, and nothing breaks.
func TestX5_OtherCallsAreRefused(t *testing.T) {
	t.Parallel()
	r := serve(t, Settings{})
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodGet, "/v2/", "", http.StatusOK},
		{http.MethodGet, "/v2/other/manifests/v1", "", http.StatusNotFound},
		{http.MethodGet, "/", "", http.StatusNotFound},
		{http.MethodDelete, "/v2/ecr-catalog-test/manifests/v1", "", http.StatusMethodNotAllowed},
		{http.MethodPut, "/v2/ecr-catalog-test/manifests/v1", "no JSON", http.StatusBadRequest},
		{http.MethodPut, "/v2/ecr-catalog-test/manifests/sha256:00", "{}", http.StatusBadRequest},
		{http.MethodPut, "/v2/ecr-catalog-test/manifests/v1", strings.Repeat(" ", maxManifest+1), http.StatusRequestEntityTooLarge},
		{http.MethodGet, "/v2/ecr-catalog-test/referrers/nothing", "", http.StatusOK},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, "http://"+r.listener.Addr().String()+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s %s: %s, want %d", c.method, c.path, response.Status, c.want)
		}
	}
}
