// Package registry is Amazon ECR's part on this machine: one repository of
// container images, in memory, behind the OCI distribution protocol on a port
// of loopback. It keeps what ECR keeps: a tag that does not move, a lifecycle
// rule that counts, a list of what refers to an image.
//
// Nothing is asked of who connects: only this machine can. What is in it goes
// with the process; whoever starts the next one pushes again.
package registry

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Settings are what a repository's declaration says. The zero value lets tags
// move and keeps everything.
type Settings struct {
	// Immutable refuses a tag that names another image already.
	Immutable bool
	// Keep is how many images stay when another one arrives, the oldest go
	// first; 0 keeps all.
	Keep int
}

// Told is what a repository says of itself. Each may be nil. They are called
// while the one who pushes waits.
type Told struct {
	// Pushed: an image got a tag.
	Pushed func(tag, digest string)
	// Expired: the lifecycle rule removed an image.
	Expired func(digest string)
}

// Repository is one that serves.
type Repository struct {
	name     string
	store    http.Handler // the blobs and manifests themselves
	server   *http.Server
	listener net.Listener
	told     Told

	mu       sync.Mutex
	settings Settings
	images   map[string]*image // by digest
	tags     map[string]string // digests, by tag
	arrivals int
}

// Start serves a repository on a free port of loopback.
func Start(name string, settings Settings, told Told) (*Repository, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Repository{
		name: name, settings: settings, told: told, listener: listener, images: map[string]*image{}, tags: map[string]string{},
		store: registry.New(registry.Logger(log.New(io.Discard, "", 0))),
	}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go r.server.Serve(listener) // ends with Close
	return r, nil
}

// Address is what an image is pushed to: 127.0.0.1:port/name.
func (r *Repository) Address() string { return r.listener.Addr().String() + "/" + r.name }

// Close ends it; what was in it is gone.
func (r *Repository) Close() error {
	if err := r.server.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Change gives a repository other settings, for what is pushed from now on.
func (r *Repository) Change(s Settings) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settings = s
}

// Images counts the images, without what refers to one.
func (r *Repository) Images() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.counted())
}

// ServeHTTP answers the protocol (OCI Distribution 1.1). The store knows
// nothing of tags that stay, of lifecycles and of artifact types: what is
// about them is answered here.
func (r *Repository) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	rest, known := strings.CutPrefix(request.URL.Path, "/v2/"+r.name+"/")
	kind, what, _ := strings.Cut(rest, "/")
	switch {
	case request.URL.Path == "/v2/" || request.URL.Path == "/v2":
		r.store.ServeHTTP(w, request)
	case !known:
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "the repository here is "+r.name)
	case kind == "manifests" && request.Method == http.MethodPut:
		r.put(w, request, what)
	case kind == "referrers" && request.Method == http.MethodGet:
		r.referrers(w, what)
	case request.Method == http.MethodDelete:
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", "images go by the lifecycle rule alone")
	default:
		r.store.ServeHTTP(w, request)
	}
}
