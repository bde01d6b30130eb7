package main

import (
	"context"
	"fmt"
	"strings"

	"catalog/contract"
	"catalog/local"
	"catalog/release"
)

// What may run in the API's container on this machine.
const (
	workloadGo    = "go"
	workloadFlask = "flask"
)

// built is what a release brings: our own image, whose migrate command runs
// first, and the digest of what runs behind it.
type built struct {
	image release.Image
	api   string
}

// build makes the images of the workload.
func (o upOptions) build(ctx context.Context, project release.Project, t *talk) (built, error) {
	image, err := buildImage(ctx, project, t)
	if err != nil || o.workload == workloadGo {
		return built{image, image.Digest}, err
	}
	var flask release.FlaskImage
	err = t.during("flask", "making the Python environment: some seconds the first time", func() (string, error) {
		flask, err = project.FlaskEnvironment(ctx, t.note)
		if err != nil {
			return "", err
		}
		return "workloads/flask, " + flask.Digest[:19], nil
	})
	return built{image, flask.Digest}, err
}

// context is what the synthesis is told of the workload; ours is not named, so
// that its template is the one that everybody has cached.
func (o upOptions) context() map[string]string {
	context := map[string]string{"environmentSuffix": o.suffix}
	if o.workload != workloadGo {
		context["workload"] = o.workload
	}
	return context
}

// parameters are what a release gives the stacks.
func (b built) parameters(assembly *local.Assembly, suffix string) map[string]string {
	region := assembly.Stacks[0].Region
	values := map[string]string{
		contract.ParamImageDigest:       b.api,
		contract.ParamInitialDeployment: "true",
		contract.ParamDatabaseSecretARN: local.SecretARN(region, contract.DBSecretName(suffix)),
		contract.ParamAPISecretARN:      local.SecretARN(region, contract.APISecretName(suffix)),
	}
	if b.api != b.image.Digest {
		values[contract.ParamMigrationImageDigest] = b.image.Digest
	}
	return values
}

// otherImages finds the workloads that are no container images here; an update
// may bring one to an environment that began without.
func otherImages(project release.Project) local.ImageStore {
	return func(reference string) (local.Image, bool) {
		_, digest, _ := strings.Cut(reference, "@")
		flask, ok := project.FindFlask(digest)
		return local.Image{Root: flask.Root, Entrypoint: flask.Entrypoint, Command: flask.Command}, ok
	}
}

func (o upOptions) checkWorkload() error {
	if o.workload != workloadGo && o.workload != workloadFlask {
		return &exitError{exitUsage, fmt.Errorf("--workload is %q: it must be %s or %s", o.workload, workloadGo, workloadFlask)}
	}
	return nil
}
