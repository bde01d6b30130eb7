package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Image is the API's container image, in a folder of this machine (OCI Image
// Format: "Image Layout Specification").
type Image struct {
	// Layout is the folder.
	Layout string `json:"layout"`
	// Digest is what a deployment names: the index's, or the manifest's where
	// the image is for one platform.
	Digest string `json:"digest"`
	// Version names the commit; it is the image's tag.
	Version   string          `json:"version"`
	Platforms []PlatformImage `json:"platforms"`
	Referrers []Referrer      `json:"referrers"`
}

// PlatformImage is the part of an image for one platform. Size is in bytes, as
// it is stored and sent: compressed.
type PlatformImage struct {
	Platform Platform `json:"platform"`
	Digest   string   `json:"digest"`
	Config   string   `json:"config"`
	Size     int64    `json:"size_bytes"`
}

// Referrer is a document about an image: the list of what is in it, or how it
// was made (OCI Distribution 1.1: "Listing Referrers").
type Referrer struct {
	ArtifactType string `json:"artifact_type"`
	Digest       string `json:"digest"`
	Subject      string `json:"subject"`
	Size         int64  `json:"size_bytes"`
}

// imageFormat is a part of what an image is cached by: raise it when this
// package puts something else into an image of the same source.
const imageFormat = 1

// BuildImage builds the API's image for some platforms, or for all that
// Fargate runs, or takes it from the cache. The same commit gives the same
// digest, on any machine and in any folder.
func (p Project) BuildImage(ctx context.Context, platforms ...Platform) (Image, error) {
	if len(platforms) == 0 {
		platforms = Platforms
	}
	goPath, err := goTool.find()
	if err != nil {
		return Image{}, err
	}
	s, err := p.source(ctx)
	if err != nil {
		return Image{}, err
	}
	goVersion, err := step{what: "go env fails", path: goPath, dir: p.Dir, args: []string{"env", "GOVERSION"}}.run(ctx)
	if err != nil {
		return Image{}, err
	}
	goVersion = strings.TrimSpace(goVersion)
	final := p.cache("images", imageKey(s, goVersion, platforms))
	if image, err := openImage(final); err == nil {
		return image, markUsed(final)
	}
	images := filepath.Dir(final)
	if err := os.MkdirAll(images, 0o755); err != nil {
		return Image{}, fmt.Errorf("the cache cannot be made: %w", err)
	}
	work, err := os.MkdirTemp(images, ".new-")
	if err != nil {
		return Image{}, fmt.Errorf("the cache cannot be written: %w", err)
	}
	defer os.RemoveAll(work)
	if err := p.buildInto(ctx, work, goPath, s, platforms); err != nil {
		return Image{}, err
	}
	if err := keep(work, final); err != nil {
		return Image{}, err
	}
	image, err := openImage(final)
	if err != nil {
		return Image{}, err
	}
	return image, prune(images)
}

// keep gives a new entry of the cache its name. An entry that is there already
// was damaged, or another process has just made the same.
func keep(work, final string) error {
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	if _, err := openImage(final); err == nil {
		return nil
	}
	if err := os.RemoveAll(final); err != nil {
		return err
	}
	err := os.Rename(work, final)
	if _, made := openImage(final); err != nil && made == nil {
		return nil
	}
	return err
}

func imageKey(s source, goVersion string, platforms []Platform) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%d %q %q %q %q %d %q %q\n", imageFormat, s.hash, s.version, s.revision, s.url, s.created.Unix(), goVersion, platforms)
	hash.Write(certificates())
	return hex.EncodeToString(hash.Sum(nil))[:32]
}

// buildInto compiles for each platform and writes the layout.
func (p Project) buildInto(ctx context.Context, dir, goPath string, s source, platforms []Platform) error {
	var all []blob
	var manifests, lists []v1.Descriptor
	goVersion := ""
	for _, platform := range platforms {
		api, err := p.compile(ctx, goPath, dir, s.version, platform)
		if err != nil {
			return err
		}
		goVersion = api.info.GoVersion
		image, err := newPlatformImage(s, platform, api)
		if err != nil {
			return err
		}
		list, err := newReferrer(sbomType, image[0].descriptor, newSBOM(s, platform, api))
		if err != nil {
			return err
		}
		manifests, lists = append(manifests, image[0].descriptor), append(lists, list[0].descriptor)
		all = append(append(all, image...), list...)
	}
	top, subjects := manifests[0], manifests
	if len(manifests) > 1 {
		index, err := newIndex(s, manifests)
		if err != nil {
			return err
		}
		top, subjects = index.descriptor, append([]v1.Descriptor{index.descriptor}, manifests...)
		all = append(all, index)
	}
	made, err := newReferrer(provenanceType, top, newProvenance(s, goVersion, subjects))
	if err != nil {
		return err
	}
	entries := append(append([]v1.Descriptor{top}, lists...), made[0].descriptor)
	return writeLayout(dir, s.version, entries, append(all, made...))
}
