package release

import (
	"strconv"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"catalog/contract"
)

// imageUser is who the program runs as: a number, since the image has no list
// of users, and not root.
const imageUser = "65532"

// labels say where an image comes from (OCI Image Format: "Pre-Defined
// Annotation Keys"). What is not known is left out.
func (s source) labels() map[string]string {
	const prefix = "org.opencontainers.image."
	labels := map[string]string{
		prefix + "title": "catalog", prefix + "description": "The product catalog API",
		prefix + "version": s.version, prefix + "created": s.created.Format("2006-01-02T15:04:05Z"), prefix + "licenses": "Apache-2.0",
	}
	if s.revision != "" {
		labels[prefix+"revision"] = s.revision
	}
	if s.url != "" {
		labels[prefix+"source"] = s.url
	}
	return labels
}

// newPlatformImage makes the image of one platform: nothing but the
// certificates, which stay the same from release to release, and the program.
// The answer's first blob is the manifest.
func newPlatformImage(s source, platform Platform, api binary) ([]blob, error) {
	trust, err := newLayer(imageFile{name: certificatesFile, mode: 0o644, content: certificates()})
	if err != nil {
		return nil, err
	}
	code, err := newLayer(imageFile{name: program, mode: 0o755, content: api.content})
	if err != nil {
		return nil, err
	}
	config, err := newDocument(types.OCIConfigJSON, v1.ConfigFile{
		OS: platform.OS, Architecture: platform.Arch, Created: v1.Time{Time: s.created},
		RootFS: v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{trust.diffID, code.diffID}},
		History: []v1.History{
			{Created: v1.Time{Time: s.created}, CreatedBy: "catalogctl image: the authorities that the program trusts"},
			{Created: v1.Time{Time: s.created}, CreatedBy: "catalogctl image: the program"},
		},
		Config: v1.Config{
			User: imageUser, WorkingDir: "/", Entrypoint: []string{"/" + program}, Cmd: []string{"serve"},
			ExposedPorts: map[string]struct{}{strconv.Itoa(contract.Port) + "/tcp": {}}, Labels: s.labels(),
		},
	})
	if err != nil {
		return nil, err
	}
	manifest, err := newDocument(types.OCIManifestSchema1, v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Config: config.descriptor,
		Layers: []v1.Descriptor{trust.descriptor, code.descriptor}, Annotations: s.labels(),
	})
	manifest.descriptor.Platform = platform.oci()
	return []blob{manifest, config, trust.blob, code.blob}, err
}

// newIndex lists the images of several platforms under one digest.
func newIndex(s source, manifests []v1.Descriptor) (blob, error) {
	return newDocument(types.OCIImageIndex, v1.IndexManifest{
		SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: manifests, Annotations: s.labels(),
	})
}
