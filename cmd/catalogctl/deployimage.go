package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"catalog/contract"
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
	serves, err := d.chosenImage(before, repository)
	if err != nil {
		return nil, err
	}
	own, err := d.buildImage(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(before, func(i cloud.Image) bool { return i.Digest == own.Digest }) {
		added := 1 + len(own.Platforms) + len(own.Referrers)
		if err := cloud.CheckRoom(before, name, append(d.service.Digests(), serves), added); err != nil {
			return nil, err
		}
	}
	if _, err := pushShown(ctx, own, repository, d.t); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, d.notPushed(name, err)
	}
	after, err := d.account.Images(ctx, name)
	if err != nil {
		return nil, err
	}
	migrates := own.Digest
	if serves == "" {
		serves, migrates = own.Digest, ""
	}
	for _, digest := range []string{serves, own.Digest} {
		if err := cloud.CheckKept(after, name, digest); err != nil {
			return nil, err
		}
	}
	return d.parameters(serves, migrates), nil
}

// notPushed says what broke on the way, and what goes on from there.
func (d *deploying) notPushed(name string, err error) error {
	const state = "and nothing that runs has changed"
	if broken := (*release.BrokenError)(nil); errors.As(err, &broken) {
		return fmt.Errorf("the image is not in %s %s: %s: go on with %s, which sends only what is missing", name, state, broken.Broke(), d.self())
	}
	return fmt.Errorf("the image is not in %s %s: %w: mend it, and go on with %s", name, state, err, d.self())
}

// checkImage refuses an image of another make that is not in the registry. In
// an environment without a registry that can only be said when there is one.
func (d *deploying) checkImage(ctx context.Context) error {
	stack, err := d.account.Stack(ctx, contract.RegistryStackName(d.suffix))
	if err != nil || !stack.Exists() || d.workload != "flask" {
		return err
	}
	begin := time.Now()
	images, err := d.account.Images(ctx, cloud.RepositoryName(d.suffix))
	if err != nil {
		return err
	}
	digest, err := d.chosenImage(images, stack.Outputs[contract.OutputEcrRepositoryURI])
	if err != nil {
		return err
	}
	d.step("workload", "flask, "+digest, begin)
	return nil
}

// chosenImage is the digest of the image of another make that is to serve, ""
// where our own does.
func (d *deploying) chosenImage(images []cloud.Image, repository string) (string, error) {
	if d.workload != "flask" {
		return "", nil
	}
	digest, err := findImage(images, d.deployOptions.image, repository)
	if err != nil {
		return "", fmt.Errorf("%w, and go on with %s", err, d.self())
	}
	return digest, nil
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
	return "", fmt.Errorf("the image %s is not in the environment's registry, and nothing that runs has changed: push it with docker push %s:<tag>", word, repository)
}
