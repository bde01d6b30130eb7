package release

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
)

// program is the API's, and the only one in the image.
const program = "catalog"

// binary is the compiled API.
type binary struct {
	content []byte
	info    *buildinfo.BuildInfo
}

// buildFlags leave out of the program what differs between machines: paths,
// the state of the checkout, debugging data.
func buildFlags(version string) []string {
	return []string{"-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=" + version}
}

// buildSettings are the same for everybody, whatever the environment says.
func buildSettings(platform Platform) []string {
	return []string{
		"CGO_ENABLED=0", "GOOS=" + platform.OS, "GOARCH=" + platform.Arch,
		"GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0",
	}
}

// compile builds the API, static, for a platform.
func (p Project) compile(ctx context.Context, goPath, folder, version string, platform Platform) (binary, error) {
	file := filepath.Join(folder, program)
	build := step{
		what: "the API does not compile", path: goPath, dir: p.Dir, env: buildSettings(platform),
		args: append(append([]string{"build"}, buildFlags(version)...), "-o", file, "./cmd/catalog"),
	}
	if _, err := build.run(ctx); err != nil {
		return binary{}, err
	}
	defer os.Remove(file)
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return binary{}, fmt.Errorf("the compiled API does not say what it was built from: %w", err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return binary{}, fmt.Errorf("the compiled API cannot be read: %w", err)
	}
	return binary{content: content, info: info}, nil
}
