package local

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Image is a container image on this machine: a folder with its files, and
// what to start in it.
type Image struct {
	Root       string
	Entrypoint []string
	Command    []string
}

// ImageStore finds the image behind a reference; false where this machine has
// none.
type ImageStore func(reference string) (Image, bool)

// ImagesByDigest finds images by the digest that a reference ends with,
// under whatever name the template's registry gives them.
func ImagesByDigest(images map[string]Image) ImageStore {
	return func(reference string) (Image, bool) {
		_, digest, _ := strings.Cut(reference, "@")
		image, ok := images[digest]
		return image, ok
	}
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
