package release

import (
	"bytes"
	"encoding/json"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// blob is something that a registry keeps by its digest: a layer, a
// configuration, a manifest.
type blob struct {
	content    []byte
	descriptor v1.Descriptor
}

func newBlob(mediaType types.MediaType, content []byte) blob {
	digest, size, _ := v1.SHA256(bytes.NewReader(content)) // reading memory does not fail
	return blob{content: content, descriptor: v1.Descriptor{MediaType: mediaType, Digest: digest, Size: size}}
}

// newDocument is a blob of JSON.
func newDocument(mediaType types.MediaType, document any) (blob, error) {
	content, err := json.Marshal(document)
	return newBlob(mediaType, content), err
}

// artifactManifest is a manifest with the type of what it holds (OCI Image
// Format 1.1: "Image Manifest", artifactType).
type artifactManifest struct {
	v1.Manifest
	ArtifactType string `json:"artifactType,omitempty"`
}

// emptyConfig stands where a manifest has no configuration (OCI Image Format
// 1.1: "Guidance for an Empty Descriptor").
var emptyConfig = newBlob("application/vnd.oci.empty.v1+json", []byte("{}"))

// newReferrer is a document about an image: a manifest whose subject is the
// image's. The answer's first blob is the manifest.
func newReferrer(artifactType string, subject v1.Descriptor, document any) ([]blob, error) {
	content, err := newDocument(types.MediaType(artifactType), document)
	if err != nil {
		return nil, err
	}
	subject.Platform = nil
	manifest, err := newDocument(types.OCIManifestSchema1, artifactManifest{
		Manifest: v1.Manifest{
			SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Config: emptyConfig.descriptor,
			Layers: []v1.Descriptor{content.descriptor}, Subject: &subject,
		},
		ArtifactType: artifactType,
	})
	manifest.descriptor.ArtifactType = artifactType
	return []blob{manifest, emptyConfig, content}, err
}
