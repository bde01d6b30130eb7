package release

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// testRegistry is one in memory that counts what is sent to it.
type testRegistry struct {
	host    string
	mu      sync.Mutex
	begun   int            // uploads
	commits map[string]int // of blobs, by digest
	status  int            // refuses every manifest with it
	code    string
}

func newTestRegistry(t *testing.T) *testRegistry {
	t.Helper()
	store := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	r := &testRegistry{commits: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch {
		case request.Method == http.MethodPut && strings.Contains(request.URL.Path, "/manifests/") && r.status != 0:
			w.WriteHeader(r.status)
			io.WriteString(w, `{"errors":[{"code":"`+r.code+`","message":"no"}]}`)
			return
		case request.Method == http.MethodPost:
			r.begun++
		case request.Method == http.MethodPut && request.URL.Query().Get("digest") != "":
			r.commits[request.URL.Query().Get("digest")]++
		}
		store.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	r.host = server.Listener.Addr().String()
	return r
}

func (r *testRegistry) refuse(status int, code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.code = status, code
}

// pushed pushes an image that must arrive.
func pushed(t *testing.T, i Image, o PushOptions) Pushed {
	t.Helper()
	done, err := i.Push(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// TestC3_PushedOnceAndFound: by its tag, with what refers to it; a second push
// sends nothing.
func TestC3_PushedOnceAndFound(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for name, i := range map[string]Image{"one": built(t, p), "both": built(t, p, Platforms...)} {
		r := newTestRegistry(t)
		to := r.host + "/ecr-catalog"
		var last, whole int64
		first := pushed(t, i, PushOptions{Repository: to, Progress: func(done, total int64) { last, whole = done, total }})
		if first.Already || first.Digest != i.Digest || first.Tag != i.Version {
			t.Errorf("%s: the first push is %+v", name, first)
		}
		if whole == 0 || last != whole {
			t.Errorf("%s: the progress ended at %d of %d bytes", name, last, whole)
		}
		tag, err := parseRepository(to)
		if err != nil {
			t.Fatal(err)
		}
		found, err := remote.Head(tag.Tag(i.Version))
		if err != nil || found.Digest.String() != i.Digest {
			t.Errorf("%s: the tag is %v, %v", name, found, err)
		}
		for _, one := range i.Referrers {
			list, err := remote.Referrers(tag.Digest(one.Subject))
			if err != nil {
				t.Fatal(err)
			}
			manifest, err := list.IndexManifest()
			if err != nil || !strings.Contains(digests(manifest.Manifests), one.Digest) {
				t.Errorf("%s: what refers to %s is %+v, %v", name, one.Subject, manifest, err)
			}
		}
		begun := r.begun
		if again := pushed(t, i, PushOptions{Repository: to}); !again.Already || r.begun != begun {
			t.Errorf("%s: the second push is %+v, and begins %d uploads", name, again, r.begun-begun)
		}
	}
}

// TestC3_ATagDoesNotMove: not for another image, whoever pushed it.
func TestC3_ATagDoesNotMove(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	r := newTestRegistry(t)
	o := PushOptions{Repository: r.host + "/ecr-catalog"}
	first := built(t, p)
	pushed(t, first, o)
	write(t, p, "cmd/catalog/main.go", "package main\n\nfunc main() { println(7) }\n")
	other := built(t, p)
	other.Version = first.Version
	if _, err := other.Push(t.Context(), o); !errors.Is(err, ErrTagTaken) || !strings.Contains(err.Error(), "build from another commit") {
		t.Errorf("the error is %v", err)
	}
	r.refuse(http.StatusBadRequest, "TAG_INVALID") // somebody else was faster
	other.Version = "later"
	if _, err := other.Push(t.Context(), o); !errors.Is(err, ErrTagTaken) {
		t.Errorf("the error is %v", err)
	}
}

// TestX5_ABrokenConnectionGoesOn: what has arrived is not sent again.
func TestX5_ABrokenConnectionGoesOn(t *testing.T) {
	t.Parallel()
	i := built(t, newProject(t), Platforms...)
	r := newTestRegistry(t)
	proxy := newBrokenProxy(t, r.host, 4)
	repeated := 0
	done := pushed(t, i, PushOptions{Repository: proxy + "/ecr-catalog", pause: time.Millisecond, Again: func(error) { repeated++ }})
	if done.Digest != i.Digest || repeated == 0 {
		t.Errorf("pushed %+v after %d repetitions, want some", done, repeated)
	}
	for blob, times := range r.commits {
		if times != 1 {
			t.Errorf("the blob %s was sent whole %d times", blob, times)
		}
	}
	if len(r.commits) < 7 { // 2 configurations, 2 programs, the authorities, and what is said about them
		t.Errorf("%d blobs arrived", len(r.commits))
	}
	never := newBrokenProxy(t, newTestRegistry(t).host, 1<<20)
	_, err := i.Push(t.Context(), PushOptions{Repository: never + "/ecr-catalog", pause: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "broke 6 times") || !strings.Contains(err.Error(), "push again") {
		t.Errorf("the error is %v", err)
	}
}

// newBrokenProxy cuts so many connections in the middle of what is sent; its
// address is host:port.
func newBrokenProxy(t *testing.T, to string, breaks int) string {
	t.Helper()
	const passed = 50_000 // bytes, fewer than a program has
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	t.Cleanup(func() { listener.Close(); all.Wait() })
	relay := func(from net.Conn) {
		defer from.Close()
		there, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer there.Close()
		go func() { io.Copy(from, there); from.Close() }()
		if n, err := io.CopyN(there, from, passed); err != nil || n < passed {
			return
		}
		mu.Lock()
		breaks--
		isCut := breaks >= 0
		mu.Unlock()
		if !isCut {
			io.Copy(there, from)
		}
	}
	all.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go relay(from)
		}
	})
	return listener.Addr().String()
}

func FuzzParseRepository(f *testing.F) {
	for _, seed := range []string{"127.0.0.1:5000/a", "localhost/a", "a/b", "", "a.b/c:d", "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/ecr-catalog-dev", "[::1]:5000/a", "a.b/C@"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		repository, err := parseRepository(text)
		if err != nil {
			return
		}
		if host, _, _ := strings.Cut(text, "/"); repository.RegistryStr() != host && repository.RegistryStr() != name.DefaultRegistry {
			t.Errorf("%q is at %q", text, repository.RegistryStr())
		}
		if repository.Scheme() == "http" && !strings.ContainsAny(text, "1l") {
			t.Errorf("%q is spoken to in plain text", text)
		}
	})
}
