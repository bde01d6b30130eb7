package release

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// PushOptions say where an image goes.
type PushOptions struct {
	// Repository is host/name; on loopback plain HTTP will do.
	Repository string
	// Progress gets the bytes that are there and those of the whole image; nil
	// is told nothing.
	Progress func(done, total int64)
	// Again is told why a push is tried again; nil is told nothing.
	Again func(why error)

	pause time.Duration // before the first repetition; 0 is firstPause
	aws   awsConfig     // nil is defaultAWSConfig
}

// Pushed is where an image is.
type Pushed struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
	Digest     string `json:"digest"`
	// Already says that the tag was there, with this image.
	Already bool `json:"already"`
}

// How often a push is tried, and how long it waits in between: twice as long
// each time.
const (
	pushTries  = 6
	firstPause = 500 * time.Millisecond
)

// ErrTagTaken: the tag names another image, and a tag does not move.
var ErrTagTaken = errors.New("the tag names another image already")

// errLayout: the image on this machine is damaged.
var errLayout = errors.New("the image cannot be read: remove .local/.cache/images and build it again")

// Push sends an image with its tag and what refers to it. A blob that the
// registry has is not sent again, so a broken connection costs what was under
// way and no more; it is tried again some times.
func (i Image) Push(ctx context.Context, o PushOptions) (Pushed, error) {
	repository, err := parseRepository(o.Repository)
	if err != nil {
		return Pushed{}, err
	}
	if o.aws == nil {
		o.aws = defaultAWSConfig
	}
	as, err := login(ctx, repository.Registry, o.aws)
	if err != nil {
		return Pushed{}, err
	}
	p := pusher{
		image: i, repository: repository, progress: o.Progress,
		options: []remote.Option{
			remote.WithAuth(as), remote.WithContext(ctx), remote.WithUserAgent("catalogctl"),
			remote.WithRetryPredicate(func(error) bool { return false }), // it is done here, where it is told
		},
	}
	pause := o.pause
	if pause == 0 {
		pause = firstPause
	}
	for try := 1; ; try++ {
		already, err := p.once(ctx)
		if err == nil {
			return Pushed{Repository: repository.Name(), Tag: i.Version, Digest: i.Digest, Already: already}, nil
		}
		if ctx.Err() != nil {
			return Pushed{}, ctx.Err()
		}
		if !isBrokenConnection(err) {
			return Pushed{}, p.explain(err)
		}
		if try == pushTries {
			return Pushed{}, &BrokenError{Registry: repository.RegistryStr(), Tries: try, Cause: withoutAddress(err)}
		}
		if o.Again != nil {
			o.Again(withoutAddress(err))
		}
		select {
		case <-ctx.Done():
			return Pushed{}, ctx.Err()
		case <-time.After(pause):
			pause *= 2
		}
	}
}

// pusher is one push.
type pusher struct {
	image      Image
	repository name.Repository
	options    []remote.Option
	progress   func(done, total int64)
}

// once sends what the registry does not have.
func (p pusher) once(ctx context.Context) (already bool, err error) {
	tag := p.repository.Tag(p.image.Version)
	found, err := remote.Head(tag, p.options...)
	switch {
	case err == nil && found.Digest.String() != p.image.Digest:
		return false, fmt.Errorf("%w: %s is %s in %s, and this is %s: a tag does not move, so build from another commit", ErrTagTaken, tag.TagStr(), found.Digest, p.repository, p.image.Digest)
	case err == nil:
		already = true
	case statusOf(err) != http.StatusNotFound:
		return false, err
	}
	index, err := layout.ImageIndexFromPath(p.image.Layout)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errLayout, err)
	}
	if !already {
		if err := p.sendWatched(index, tag); err != nil {
			return false, err
		}
	}
	for _, referrer := range p.image.Referrers {
		at := p.repository.Digest(referrer.Digest)
		if _, err := remote.Head(at, p.options...); err == nil {
			continue
		}
		if err := p.send(index, at, referrer.Digest, p.options); err != nil {
			return false, err
		}
	}
	return already, nil
}

// send uploads one manifest of the layout and all that it lists.
func (p pusher) send(from v1.ImageIndex, to name.Reference, digest string, options []remote.Option) error {
	hash, err := v1.NewHash(digest)
	if err != nil {
		return fmt.Errorf("%w: %w", errLayout, err)
	}
	if len(p.image.Platforms) > 1 && digest == p.image.Digest {
		index, err := from.ImageIndex(hash)
		if err != nil {
			return fmt.Errorf("%w: %w", errLayout, err)
		}
		return remote.WriteIndex(to, index, options...)
	}
	image, err := from.Image(hash)
	if err != nil {
		return fmt.Errorf("%w: %w", errLayout, err)
	}
	return remote.Write(to, image, options...)
}

// sendWatched sends the image itself and tells how far it is.
func (p pusher) sendWatched(from v1.ImageIndex, to name.Reference) error {
	if p.progress == nil {
		return p.send(from, to, p.image.Digest, p.options)
	}
	updates, told := make(chan v1.Update, 16), make(chan struct{})
	go func() {
		defer close(told)
		for u := range updates {
			if u.Error == nil {
				p.progress(u.Complete, u.Total)
			}
		}
	}()
	err := p.send(from, to, p.image.Digest, append(append([]remote.Option{}, p.options...), remote.WithProgress(updates)))
	if errors.Is(err, errLayout) {
		close(updates) // nobody has got it
	}
	<-told
	return err
}
