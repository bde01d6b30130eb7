package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// A static Go program reads the machine's clock without a system call that
// could be caught, and the machine's clock is not the drill's to move. So the
// API is compiled with another package time: a copy of this Go's own, whose Now
// adds what a file says. The file's path is put in by the linker.

// readsClock is the line of time.Now that takes the time.
const readsClock = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"

const addsOffset = readsClock + "\tsec += drillAhead.Load()\n"

// offsetSource stands at the end of the copy. The monotonic clock is left
// alone. A goroutine reads the file: Now itself is called by the runtime's
// timers, where nothing may wait.
const offsetSource = `
var (
	drillClock string // the file's path
	drillAhead atomic.Int64 // seconds
)

func init() {
	if drillClock == "" {
		return
	}
	go func() {
		for ; ; Sleep(100 * Millisecond) {
			if content, err := readFile(drillClock); err == nil {
				if ahead, err := atoi(content); err == nil {
					drillAhead.Store(int64(ahead))
				}
			}
		}
	}()
}
`

// shiftable is package time's source with the offset.
func shiftable(source string) (string, error) {
	if !strings.Contains(source, readsClock) || strings.Count(source, "import (\n") != 1 {
		return "", fmt.Errorf("this Go's time.Now does not begin as the drill expects it: adapt readsClock in bench/drill/overlay.go")
	}
	source = strings.Replace(source, readsClock, addsOffset, 1)
	return strings.Replace(source, "import (\n", "import (\n\t\"sync/atomic\"\n", 1) + offsetSource, nil
}

// prepareClock compiles such an API and sends it to the environment's
// repository: the image that runs, with another program in it.
func prepareClock(ctx context.Context, e *environment) error {
	if err := e.clock().set(0); err != nil {
		return err
	}
	say("compiling the API with a clock that can be moved: a minute the first time")
	program, err := e.compileShiftable(ctx)
	if err != nil {
		return err
	}
	e.movableImage, err = e.pushProgram(ctx, program)
	return err
}

func (e *environment) compileShiftable(ctx context.Context) ([]byte, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	source, err := os.ReadFile(original)
	if err != nil {
		return nil, err
	}
	changed, err := shiftable(string(source))
	if err != nil {
		return nil, err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: filepath.Join(e.dir, "time.go")}})
	if err != nil {
		return nil, err
	}
	for name, content := range map[string]string{"time.go": changed, "overlay.json": string(overlay)} {
		if err := os.WriteFile(filepath.Join(e.dir, name), []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	program := filepath.Join(e.dir, "catalog")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-overlay", filepath.Join(e.dir, "overlay.json"),
		"-ldflags", "-s -w -X main.version=drill-clock -X time.drillClock="+string(e.clock()), "-o", program, "./cmd/catalog")
	command.Dir = e.project.Dir
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the API does not compile with the clock that can be moved: %w: %s", err, lastLines(string(out), 5))
	}
	return os.ReadFile(program)
}

// pushProgram sends the image that runs with another program to the
// environment's repository, and answers its digest.
func (e *environment) pushProgram(ctx context.Context, program []byte) (string, error) {
	repository, tag, err := e.imageThatRuns(ctx)
	if err != nil {
		return "", err
	}
	base, err := remote.Image(tag, remote.WithContext(ctx))
	if err != nil {
		return "", fmt.Errorf("the image that runs cannot be read: %w", err)
	}
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	if err := writer.WriteHeader(&tar.Header{Name: "catalog", Mode: 0o755, Size: int64(len(program)), Typeflag: tar.TypeReg}); err != nil {
		return "", err
	}
	if _, err := writer.Write(program); err != nil {
		return "", err
	}
	if err := writer.Close(); err != nil {
		return "", err
	}
	changed, err := mutate.AppendLayers(base, static.NewLayer(archive.Bytes(), types.OCIUncompressedLayer))
	if err != nil {
		return "", err
	}
	if err := remote.Write(repository.Tag("drill-clock"), changed, remote.WithContext(ctx)); err != nil {
		return "", fmt.Errorf("the image with the other clock cannot be sent: %w", err)
	}
	digest, err := changed.Digest()
	return digest.String(), err
}

// imageThatRuns is the only tagged image of a repository to which nothing was
// released since the start.
func (e *environment) imageThatRuns(ctx context.Context) (repository name.Repository, tag name.Tag, err error) {
	status, err := e.client.Status(ctx)
	if err != nil {
		return repository, tag, err
	}
	if repository, err = name.NewRepository(status.Repositories[0].Address); err != nil {
		return repository, tag, err
	}
	tags, err := remote.List(repository, remote.WithContext(ctx))
	tags = slices.DeleteFunc(tags, func(t string) bool { return strings.HasPrefix(t, "sha256-") }) // what refers to an image
	if err != nil || len(tags) != 1 {
		return repository, tag, fmt.Errorf("the image that runs is not to be found among the tags %q: %w", tags, err)
	}
	return repository, repository.Tag(tags[0]), nil
}

// digestThatRuns is what the first release named.
func (e *environment) digestThatRuns(ctx context.Context) (string, error) {
	_, tag, err := e.imageThatRuns(ctx)
	if err != nil {
		return "", err
	}
	found, err := remote.Head(tag, remote.WithContext(ctx))
	if err != nil {
		return "", fmt.Errorf("the image that runs cannot be read: %w", err)
	}
	return found.Digest.String(), nil
}
