package release

import (
	"fmt"
	"runtime"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Platform is an operating system and a processor, in Go's words.
type Platform struct{ OS, Arch string }

// Platforms are those that the API's image is built for: what Fargate runs.
var Platforms = []Platform{{"linux", "amd64"}, {"linux", "arm64"}}

// HostPlatform is this machine's.
func HostPlatform() Platform { return Platform{runtime.GOOS, runtime.GOARCH} }

// ParsePlatform reads linux/amd64 or linux/arm64.
func ParsePlatform(text string) (Platform, error) {
	var known []string
	for _, p := range Platforms {
		if p.String() == text {
			return p, nil
		}
		known = append(known, p.String())
	}
	return Platform{}, fmt.Errorf("the platform %q is not one that Fargate runs: choose %s", text, strings.Join(known, " or "))
}

func (p Platform) String() string { return p.OS + "/" + p.Arch }

// MarshalText writes linux/amd64.
func (p Platform) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText has written, of any platform.
func (p *Platform) UnmarshalText(text []byte) error {
	system, arch, ok := strings.Cut(string(text), "/")
	if !ok || system == "" || arch == "" || strings.Contains(arch, "/") {
		return fmt.Errorf("%q is no platform like linux/amd64", text)
	}
	p.OS, p.Arch = system, arch
	return nil
}

func (p Platform) oci() *v1.Platform { return &v1.Platform{OS: p.OS, Architecture: p.Arch} }
