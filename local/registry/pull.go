package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// ErrNoImage: the repository has no image of this digest or tag.
var ErrNoImage = errors.New("the repository has no such image")

// Pull finds an image by its digest (sha256:…) or tag; of several platforms
// the one of this machine. What its manifest and layers hold is held against
// their digests as it is read.
func (r *Repository) Pull(ctx context.Context, reference string) (v1.Image, error) {
	separator := ":"
	if _, err := v1.NewHash(reference); err == nil {
		separator = "@"
	}
	at, err := name.ParseReference(r.Address()+separator+reference, name.Insecure)
	if err != nil {
		return nil, fmt.Errorf("%q is neither a digest nor a tag: %w", reference, err)
	}
	here := v1.Platform{OS: runtime.GOOS, Architecture: runtime.GOARCH}
	found, err := remote.Get(at, remote.WithContext(ctx), remote.WithPlatform(here))
	if err != nil {
		var refused *transport.Error
		if errors.As(err, &refused) && refused.StatusCode == http.StatusNotFound {
			return nil, ErrNoImage
		}
		return nil, err
	}
	image, err := found.Image()
	if err != nil {
		return nil, fmt.Errorf("it has no image for %s, which this machine is: build it for that too: %w", here, err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("its configuration cannot be read: %w", err)
	}
	if config.OS != here.OS || config.Architecture != here.Architecture {
		return nil, fmt.Errorf("it is for %s/%s, and this machine is %s: build it for that too", config.OS, config.Architecture, here)
	}
	return image, nil
}
