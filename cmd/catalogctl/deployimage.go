package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"catalog/release"
	"catalog/release/cloud"
)

// imagePusher is an image that can be sent to a registry.
type imagePusher interface {
	Push(ctx context.Context, o release.PushOptions) (release.Pushed, error)
}

var _ imagePusher = release.Image{}

// image brings the images to the registry and answers the stack's parameters.
// Our own is always there: it migrates the database, whoever serves.
func (d *deploying) image(ctx context.Context, repository string) (map[string]string, error) {
	name := cloud.RepositoryName(d.suffix)
	before, err := d.account.Images(ctx, name)
	if err != nil {
		return nil, err
	}
	own, err := d.buildImage(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(before, func(i cloud.Image) bool { return i.Digest == own.Digest }) {
		added := 1 + len(own.Platforms) + len(own.Referrers)
		if err := cloud.CheckRoom(before, name, d.service.Digests(), added); err != nil {
			return nil, err
		}
	}
	if _, err := pushShown(ctx, own, repository, d.t); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("the image is not in %s and nothing that runs has changed: %w: mend it, and go on with %s", name, err, d.self())
	}
	after, err := d.account.Images(ctx, name)
	if err != nil {
		return nil, err
	}
	serves, migrates := own.Digest, ""
	if d.workload == "flask" {
		if serves, err = findImage(after, d.deployOptions.image, repository); err != nil {
			return nil, fmt.Errorf("%w, then %s", err, d.self())
		}
		migrates = own.Digest
	}
	for _, digest := range []string{serves, own.Digest} {
		if err := cloud.CheckKept(after, name, digest); err != nil {
			return nil, err
		}
	}
	return d.parameters(serves, migrates), nil
}

func (d *deploying) buildImage(ctx context.Context) (release.Image, error) {
	var own release.Image
	begin := time.Now()
	err := d.t.during("image", "compiling the API: a minute for each platform the first time, seconds from then on", func() (string, error) {
		var err error
		own, err = d.project.BuildImage(ctx)
		return "catalog " + own.Version, err
	})
	if err != nil && ctx.Err() == nil {
		return own, fmt.Errorf("no image was built after %s: %w", short(time.Since(begin)), err)
	}
	return own, err
}

// findImage finds an image of another make in the environment's registry, by
// its tag or digest, with the repository's address in front or without.
func findImage(images []cloud.Image, word, repository string) (string, error) {
	wanted := strings.TrimLeft(strings.TrimPrefix(word, repository), ":@")
	for _, image := range images {
		if image.Digest == wanted || slices.Contains(image.Tags, wanted) {
			return image.Digest, nil
		}
	}
	return "", fmt.Errorf("the image %s is not in the environment's registry: push it with docker push %s:<tag>", word, repository)
}
