package registry

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// maxManifest is how long a manifest may be, in bytes (OCI Distribution 1.1:
// "Pushing Manifests" asks for 4 MiB at least).
const maxManifest = 4 << 20

// image is a manifest that is kept.
type image struct {
	digest    string
	mediaType types.MediaType
	size      int64
	arrival   int // counts up
	manifest
}

// manifest is the part of an image's manifest or index that says what belongs
// together.
type manifest struct {
	ArtifactType string            `json:"artifactType"`
	Config       *v1.Descriptor    `json:"config"`
	Layers       []v1.Descriptor   `json:"layers"`
	Manifests    []v1.Descriptor   `json:"manifests"`
	Subject      *v1.Descriptor    `json:"subject"`
	Annotations  map[string]string `json:"annotations"`
}

// put keeps a manifest by its digest and, where reference is one, by a tag.
func (r *Repository) put(w http.ResponseWriter, request *http.Request, reference string) {
	content, err := io.ReadAll(io.LimitReader(request.Body, maxManifest+1))
	if err != nil || len(content) > maxManifest {
		refuse(w, http.StatusRequestEntityTooLarge, "SIZE_INVALID", fmt.Sprintf("a manifest may have %d bytes", maxManifest))
		return
	}
	sum := sha256.Sum256(content)
	i := &image{digest: "sha256:" + hex.EncodeToString(sum[:]), mediaType: types.MediaType(request.Header.Get("Content-Type")), size: int64(len(content))}
	if err := json.Unmarshal(content, &i.manifest); err != nil {
		refuse(w, http.StatusBadRequest, "MANIFEST_INVALID", "the manifest is no JSON object of the OCI's")
		return
	}
	tag := reference
	if strings.HasPrefix(reference, "sha256:") {
		if tag = ""; reference != i.digest {
			refuse(w, http.StatusBadRequest, "DIGEST_INVALID", "the manifest's digest is "+i.digest)
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if named := r.tags[tag]; tag != "" && named != "" && named != i.digest && r.settings.Immutable {
		refuse(w, http.StatusBadRequest, "TAG_INVALID", fmt.Sprintf(
			"The image tag '%s' already exists in the '%s' repository and cannot be overwritten because the tag is immutable.", tag, r.name))
		return
	}
	request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	if i.Subject != nil { // says that the referrers' list has it
		w.Header().Set("OCI-Subject", i.Subject.Digest.String())
	}
	answer := &outcome{ResponseWriter: w}
	r.store.ServeHTTP(answer, request)
	if answer.status == http.StatusCreated {
		r.arrived(i, tag)
	}
}

// outcome passes an answer on and remembers its status.
type outcome struct {
	http.ResponseWriter
	status int
}

func (o *outcome) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

// arrived notes a manifest. The lock is held.
func (r *Repository) arrived(i *image, tag string) {
	if r.images[i.digest] == nil {
		r.arrivals++
		i.arrival = r.arrivals
		r.images[i.digest] = i
	}
	if tag != "" {
		isNew := r.tags[tag] != i.digest
		r.tags[tag] = i.digest
		if isNew && r.told.Pushed != nil {
			r.told.Pushed(tag, i.digest)
		}
	}
	r.expire()
}

// referrers lists what has an image as its subject, the first one first.
func (r *Repository) referrers(w http.ResponseWriter, digest string) {
	list := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: []v1.Descriptor{}}
	r.mu.Lock()
	var found []*image
	for _, i := range r.images {
		if i.Subject != nil && i.Subject.Digest.String() == digest {
			found = append(found, i)
		}
	}
	r.mu.Unlock()
	slices.SortFunc(found, func(a, b *image) int { return cmp.Compare(a.arrival, b.arrival) })
	for _, i := range found {
		hash, _ := v1.NewHash(i.digest) // made here
		kind := i.ArtifactType
		if kind == "" && i.Config != nil {
			kind = string(i.Config.MediaType)
		}
		list.Manifests = append(list.Manifests, v1.Descriptor{
			MediaType: i.mediaType, Digest: hash, Size: i.size, ArtifactType: kind, Annotations: i.Annotations,
		})
	}
	w.Header().Set("Content-Type", string(types.OCIImageIndex))
	_ = json.NewEncoder(w).Encode(list)
}

// refuse answers an error as the protocol has them (OCI Distribution 1.1:
// "Error Codes").
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}
