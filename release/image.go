package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Image is the API's container image, unpacked: a folder with one static
// program in it.
type Image struct {
	Root       string
	Digest     string // sha256:…, of the program
	Entrypoint []string
	Command    []string
	Version    string
}

const program = "catalog"

// BuildImage compiles the API into an image. The same source gives the same
// digest.
func (p Project) BuildImage(ctx context.Context) (Image, error) {
	goPath, err := goTool.find()
	if err != nil {
		return Image{}, err
	}
	images := p.cache("images")
	if err := os.MkdirAll(images, 0o755); err != nil {
		return Image{}, fmt.Errorf("the cache cannot be made: %w", err)
	}
	work, err := os.MkdirTemp(images, ".new-")
	if err != nil {
		return Image{}, fmt.Errorf("the cache cannot be written: %w", err)
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil {
		return Image{}, err
	}
	version := p.version(ctx)
	build := step{
		what: "the API does not compile", path: goPath, dir: p.Dir, env: []string{"CGO_ENABLED=0"},
		args: []string{
			"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=" + version,
			"-o", filepath.Join(work, program), "./cmd/catalog",
		},
	}
	if _, err := build.run(ctx); err != nil {
		return Image{}, err
	}
	digest, err := fileDigest(filepath.Join(work, program))
	if err != nil {
		return Image{}, err
	}
	root := filepath.Join(images, strings.ReplaceAll(digest, ":", "-"))
	if err := os.Rename(work, root); err != nil {
		if _, statErr := os.Stat(filepath.Join(root, program)); statErr != nil {
			return Image{}, errors.Join(err, statErr)
		}
		if err := markUsed(root); err != nil { // it is there already
			return Image{}, err
		}
	}
	return Image{
		Root: root, Digest: digest, Version: version,
		Entrypoint: []string{"/" + program}, Command: []string{"serve"},
	}, prune(images)
}

// version names the commit, or "dev" outside a git checkout.
func (p Project) version(ctx context.Context) string {
	describe := step{what: "git", path: "git", dir: p.Dir, args: []string{"describe", "--always", "--dirty", "--abbrev=12"}}
	out, err := describe.run(ctx)
	if version := strings.TrimSpace(out); err == nil && version != "" {
		return version
	}
	return "dev"
}

func fileDigest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}
