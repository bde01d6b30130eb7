package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"catalog/local/registry"
)

// Image is a container image, unpacked on this machine: a folder with its
// files, and what to start in it. Its user is not taken over: programs run as
// whoever runs the environment.
type Image struct {
	Root       string
	Entrypoint []string
	Command    []string
	Env        []string // NAME=value
}

// ImageStore finds the image behind a reference; false where it has none.
type ImageStore func(reference string) (Image, bool)

// errNoImage: no repository of the template has it, and nobody else.
var errNoImage = errors.New("the image is not on this machine")

// image finds an image: among those that the caller knows, then in the
// template's repositories.
func (e *Environment) image(reference string) (Image, error) {
	if e.options.Images != nil {
		if found, ok := e.options.Images(reference); ok {
			return found, nil
		}
	}
	for _, r := range all[*repository](e) {
		what, ok := strings.CutPrefix(reference, r.uri())
		if ok && (strings.HasPrefix(what, "@") || strings.HasPrefix(what, ":")) {
			found, err := r.pull(what[1:])
			if errors.Is(err, registry.ErrNoImage) {
				return Image{}, fmt.Errorf("the image %s is not in the repository %s: push it there first, with catalogctl image --push %s", what[1:], r.name, r.server.Load().Address())
			}
			if err != nil {
				return Image{}, fmt.Errorf("the image %s cannot be pulled: %w", reference, err)
			}
			return found, nil
		}
	}
	return Image{}, errNoImage
}

// imagesDir is where images are unpacked, in the state folder.
const imagesDir = "images"

// pull gets an image and unpacks it, once for each digest.
func (r *repository) pull(reference string) (Image, error) {
	ctx, cancel := context.WithTimeout(context.Background(), pullTimeout)
	defer cancel()
	image, err := r.server.Load().Pull(ctx, reference)
	if err != nil {
		return Image{}, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return Image{}, err
	}
	digest, err := image.Digest()
	if err != nil {
		return Image{}, err
	}
	found := Image{
		Root:       filepath.Join(r.environment.options.StateDir, imagesDir, digest.Algorithm+"-"+digest.Hex),
		Entrypoint: config.Config.Entrypoint, Command: config.Config.Cmd, Env: config.Config.Env,
	}
	if found.Root, err = filepath.Abs(found.Root); err != nil {
		return Image{}, err
	}
	if _, err := os.Stat(found.Root); err == nil {
		return found, nil
	}
	return found, registry.Unpack(image, found.Root)
}

// errNoCommand: neither the image nor the task definition says what to start.
var errNoCommand = errors.New("neither its image nor its definition says what to start")

// argv is what a container starts: the definition's entry point and command
// where it has them, else the image's. An entry point of the definition leaves
// the image's command out (Docker and ECS alike).
func (i Image) argv(entrypoint, command []string) ([]string, error) {
	if len(entrypoint) == 0 {
		entrypoint = i.Entrypoint
		if len(command) == 0 {
			command = i.Command
		}
	}
	all := append(append([]string{}, entrypoint...), command...)
	if len(all) == 0 {
		return nil, errNoCommand
	}
	all[0] = i.path(all[0])
	return all, nil
}

// path turns a path in the image into one of this machine.
func (i Image) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Join(i.Root, p)
	}
	return p
}

// healthCommand reads a container's health check: ["CMD", program, arguments…].
// The other form, CMD-SHELL, needs a shell that our images do not have.
func (i Image) healthCommand(command []string) ([]string, error) {
	if len(command) < 2 || command[0] != "CMD" {
		return nil, fmt.Errorf("its health check is %q: the local place runs the form [\"CMD\", \"/program\", …]", command)
	}
	return i.argv(command[1:], nil)
}
