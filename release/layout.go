package release

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// refName is where a layout keeps a tag (OCI Image Format: "Annotations",
// org.opencontainers.image.ref.name).
const refName = "org.opencontainers.image.ref.name"

// layoutFiles are the two files of a layout beside its blobs.
const (
	layoutIndex   = "index.json"
	layoutVersion = "oci-layout"
)

// writeLayout writes an image and what refers to it into a folder (OCI Image
// Format: "Image Layout Specification"). entries are the manifests that the
// layout's index lists, the image's own first.
func writeLayout(dir, version string, entries []v1.Descriptor, blobs []blob) error {
	for _, b := range blobs {
		path := blobPath(dir, b.descriptor.Digest)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, b.content, 0o644); err != nil {
			return fmt.Errorf("the image cannot be written: %w", err)
		}
	}
	entries[0].Annotations = map[string]string{refName: version}
	index, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: entries})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, layoutVersion), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644); err != nil {
		return fmt.Errorf("the image cannot be written: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, layoutIndex), index, 0o644)
}

func blobPath(dir string, digest v1.Hash) string {
	return filepath.Join(dir, "blobs", digest.Algorithm, digest.Hex)
}

// openImage reads what a layout of writeLayout holds, and looks whether every
// blob is there.
func openImage(dir string) (Image, error) {
	var index v1.IndexManifest
	if err := readJSON(filepath.Join(dir, layoutIndex), &index); err != nil {
		return Image{}, err
	}
	if len(index.Manifests) == 0 {
		return Image{}, fmt.Errorf("the image layout %s is empty", dir)
	}
	top := index.Manifests[0]
	i := Image{Layout: dir, Digest: top.Digest.String(), Version: top.Annotations[refName]}
	platforms := []v1.Descriptor{top}
	if top.MediaType.IsIndex() {
		var list v1.IndexManifest
		if err := readJSON(blobPath(dir, top.Digest), &list); err != nil {
			return Image{}, err
		}
		platforms = list.Manifests
	}
	for _, d := range platforms {
		m, size, err := readManifest(dir, d)
		if err != nil {
			return Image{}, err
		}
		if d.Platform == nil {
			return Image{}, fmt.Errorf("the image layout %s does not say for which platform %s is", dir, d.Digest)
		}
		i.Platforms = append(i.Platforms, PlatformImage{
			Platform: Platform{d.Platform.OS, d.Platform.Architecture}, Digest: d.Digest.String(), Config: m.Config.Digest.String(), Size: size,
		})
	}
	for _, d := range index.Manifests[1:] {
		m, size, err := readManifest(dir, d)
		if err != nil {
			return Image{}, err
		}
		if m.Subject == nil {
			return Image{}, fmt.Errorf("the image layout %s holds %s, which refers to nothing", dir, d.Digest)
		}
		i.Referrers = append(i.Referrers, Referrer{ArtifactType: d.ArtifactType, Digest: d.Digest.String(), Subject: m.Subject.Digest.String(), Size: size})
	}
	return i, nil
}

// readManifest reads a manifest and answers the size of all that it lists, in
// bytes, itself included.
func readManifest(dir string, d v1.Descriptor) (m v1.Manifest, size int64, err error) {
	if err := readJSON(blobPath(dir, d.Digest), &m); err != nil {
		return m, 0, err
	}
	size = d.Size
	for _, part := range append([]v1.Descriptor{m.Config}, m.Layers...) {
		info, err := os.Stat(blobPath(dir, part.Digest))
		if err != nil {
			return m, 0, err
		}
		if info.Size() != part.Size {
			return m, 0, fmt.Errorf("the blob %s of the image layout %s is damaged", part.Digest, dir)
		}
		size += part.Size
	}
	return m, size, nil
}

func readJSON(path string, v any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, v); err != nil {
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return nil
}
