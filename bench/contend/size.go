package contend

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"

	"catalog/release"
)

// Size is what an image takes, compressed, in MiB.
type Size struct {
	What string  `json:"what"`
	MiB  float64 `json:"compressed_mib"`
}

// sizes builds the API's image, as a release does, and packs what Flask's
// needs above its base image: that one takes a container engine to build.
func sizes(ctx context.Context, project release.Project, f *flask) ([]Size, error) {
	image, err := project.BuildImage(ctx, release.Platform{OS: "linux", Arch: release.HostPlatform().Arch})
	if err != nil {
		return nil, err
	}
	var all []Size
	for _, p := range image.Platforms {
		all = append(all, Size{"the Go API's whole image, " + p.Platform.String(), mib(p.Size)})
	}
	packed, err := pack(f.image.Root)
	if err != nil {
		return nil, err
	}
	return append(all, Size{"Flask with its packages, without Python and Debian below", mib(packed)}), nil
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// pack counts the bytes of a folder as a layer: tar and gzip.
func pack(root string) (int64, error) {
	var counted counter
	zip := gzip.NewWriter(&counted)
	archive := tar.NewWriter(zip)
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return 0, err
	}
	for _, folder := range []string{root, filepath.Join(root, "env", "lib")} {
		if err := archive.AddFS(os.DirFS(folder)); err != nil {
			return 0, err
		}
	}
	if err := archive.Close(); err != nil {
		return 0, err
	}
	err = zip.Close()
	return int64(counted), err
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

var _ io.Writer = (*counter)(nil)
