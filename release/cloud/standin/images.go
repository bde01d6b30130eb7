package standin

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
)

// cutAfter is how much of an upload arrives before it breaks. What is smaller
// arrives whole.
const cutAfter = 50_000

// registry takes images, as ECR does, and keeps the order of their manifests.
func (a *AWS) registry(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch && a.cuts(r) {
		panic(http.ErrAbortHandler) // the server closes the connection, and says nothing
	}
	recorder := httptest.NewRecorder()
	a.images.ServeHTTP(recorder, r)
	if r.Method == http.MethodPut && recorder.Code == http.StatusCreated {
		a.Do(func() { a.arrived(r, recorder.Header().Get("Docker-Content-Digest")) })
	}
	for name, values := range recorder.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes())
}

// cuts says whether this upload breaks. What it has read goes back.
func (a *AWS) cuts(r *http.Request) (isCut bool) {
	begun, err := io.ReadAll(io.LimitReader(r.Body, cutAfter))
	if err == nil && len(begun) == cutAfter {
		a.Do(func() {
			if isCut = a.Cuts > 0; isCut {
				a.Cuts--
			}
		})
	}
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(begun), r.Body))
	return isCut
}

// arrived notes a blob or a manifest. The lock is held.
func (a *AWS) arrived(r *http.Request, digest string) {
	_, reference, isManifest := strings.Cut(r.URL.Path, "/manifests/")
	if !isManifest {
		a.Sent[r.URL.Query().Get("digest")]++
		return
	}
	if !slices.Contains(a.Images, digest) {
		a.Images = append(a.Images, digest)
	}
	if reference != digest {
		a.Tags[reference] = digest
	}
}

func (a *AWS) describeImages(w http.ResponseWriter, c call) {
	details := []map[string]any{}
	for i, digest := range a.Images {
		tags := []string{}
		for tag, named := range a.Tags {
			if named == digest {
				tags = append(tags, tag)
			}
		}
		details = append(details, map[string]any{"imageDigest": digest, "imageTags": tags, "imagePushedAt": begin.Unix() + int64(i)})
	}
	c.json(w, map[string]any{"imageDetails": details})
}
