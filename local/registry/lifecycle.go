package registry

import (
	"cmp"
	"net/http"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// counted are the images that the lifecycle rule counts, the oldest first:
// each manifest and each index, but not what refers to another one, which goes
// with it (AWS: "Automate the cleanup of images by using lifecycle policies in
// Amazon ECR"). The lock is held.
func (r *Repository) counted() []*image {
	var all []*image
	for _, i := range r.images {
		if i.Subject == nil {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b *image) int { return cmp.Compare(a.arrival, b.arrival) })
	return all
}

// expire removes the oldest images above the number that is kept. One that an
// index lists stays as long as the index. ECR does it within a day, this at
// once. The lock is held.
func (r *Repository) expire() {
	for r.settings.Keep > 0 {
		all := r.counted()
		if len(all) <= r.settings.Keep {
			return
		}
		oldest := slices.IndexFunc(all, func(i *image) bool { return !r.isListed(i.digest) })
		if oldest < 0 || oldest == len(all)-1 { // never what has just come
			return
		}
		r.remove(all[oldest])
		if r.told.Expired != nil {
			r.told.Expired(all[oldest].digest)
		}
	}
}

// isListed says whether an index has an image in it.
func (r *Repository) isListed(digest string) bool {
	for _, i := range r.images {
		if slices.ContainsFunc(i.Manifests, func(d v1.Descriptor) bool { return d.Digest.String() == digest }) {
			return true
		}
	}
	return false
}

// remove takes an image away, its tags, what refers to it, and the blobs that
// nothing else has.
func (r *Repository) remove(gone *image) {
	delete(r.images, gone.digest)
	r.deleteInStore("manifests/" + gone.digest)
	for tag, digest := range r.tags {
		if digest == gone.digest {
			delete(r.tags, tag)
			r.deleteInStore("manifests/" + tag)
		}
	}
	for _, i := range r.images {
		if i.Subject != nil && i.Subject.Digest.String() == gone.digest {
			r.remove(i)
		}
	}
	for _, blob := range gone.blobs() {
		if !r.isUsed(blob) {
			r.deleteInStore("blobs/" + blob)
		}
	}
}

// blobs are the digests of an image's configuration and layers.
func (i *image) blobs() []string {
	var all []string
	if i.Config != nil {
		all = append(all, i.Config.Digest.String())
	}
	for _, layer := range i.Layers {
		all = append(all, layer.Digest.String())
	}
	return all
}

func (r *Repository) isUsed(blob string) bool {
	for _, i := range r.images {
		if slices.Contains(i.blobs(), blob) {
			return true
		}
	}
	return false
}

func (r *Repository) deleteInStore(what string) {
	request, err := http.NewRequest(http.MethodDelete, "/v2/"+r.name+"/"+what, nil)
	if err == nil { // a name that came through the protocol always makes one
		r.store.ServeHTTP(nobody{}, request)
	}
}

// nobody takes an answer that is not wanted.
type nobody struct{}

func (nobody) Header() http.Header         { return http.Header{} }
func (nobody) Write(b []byte) (int, error) { return len(b), nil }
func (nobody) WriteHeader(int)             {}
