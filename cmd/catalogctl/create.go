package main

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"time"

	"catalog/contract"
	"catalog/local"
	"catalog/local/pgserver"
	"catalog/release"
)

// create makes everything that the environment needs and starts it.
func create(ctx context.Context, project release.Project, o upOptions, t *talk) (*local.Environment, error) {
	// What can be refused is refused before anything is built.
	if err := local.Preflight(project.StateDir(o.suffix), o.port, o.dashboardPort); err != nil {
		return nil, err
	}
	if err := local.CheckSpace(project.Dir, local.DefaultMinFreeBytes); err != nil {
		return nil, err
	}
	if o.ephemeral {
		if err := local.Discard(project.StateDir(o.suffix)); err != nil {
			return nil, err
		}
	}
	postgres, err := pgserver.Binaries(project.NodeModules())
	if err != nil {
		return nil, err
	}
	assembly, err := readAssembly(ctx, project, o, t)
	if err != nil {
		return nil, err
	}
	var image release.Image
	err = t.during("image", "compiling the API: half a minute the first time, a second from then on", func() (string, error) {
		image, err = project.BuildImage(ctx)
		if err != nil {
			return "", err
		}
		return "catalog " + image.Version + ", " + image.Digest[:19], nil
	})
	if err != nil {
		return nil, err
	}
	if err := createSecrets(project.StateDir(o.suffix), o.suffix); err != nil {
		return nil, err
	}
	environment, err := local.Up(ctx, assembly, local.Options{
		StateDir: project.StateDir(o.suffix), Port: o.port, DashboardPort: o.dashboardPort,
		Parameters:  parameters(assembly, image, o.suffix),
		Images:      imageStore(image),
		PostgresDir: postgres, Fresh: o.fresh, Progress: t.event,
	})
	t.flush()
	return environment, err
}

// ownOutputs is the outputs file of an environment beside another one.
const ownOutputs = "flat-outputs.json"

// outputsFile chooses where an environment's outputs go: to the file that
// everybody reads, unless another environment that runs has written it.
func outputsFile(project release.Project, suffix string) string {
	shared := project.Path(contract.OutputsFile)
	outputs, err := release.ReadOutputs(shared)
	if err != nil {
		return shared
	}
	other := strings.TrimPrefix(outputs[contract.OutputServiceName], "service-catalog-")
	if contract.ValidSuffix(other) && other != suffix && local.IsRunning(project.StateDir(other)) {
		return filepath.Join(project.StateDir(suffix), ownOutputs)
	}
	return shared
}

func readAssembly(ctx context.Context, project release.Project, o upOptions, t *talk) (*local.Assembly, error) {
	begin := time.Now()
	synthesized, err := project.Synthesize(ctx, map[string]string{"environmentSuffix": o.suffix}, t.note)
	if err != nil {
		return nil, err
	}
	from := "synthesized"
	if synthesized.Cached {
		from = "from the cache"
	}
	t.done("templates", from, begin)
	return local.ReadAssembly(synthesized.Dir)
}

// parameters are what a release gives the stacks.
func parameters(assembly *local.Assembly, image release.Image, suffix string) map[string]string {
	region := assembly.Stacks[0].Region
	return map[string]string{
		contract.ParamImageDigest:       image.Digest,
		contract.ParamInitialDeployment: "true",
		contract.ParamDatabaseSecretARN: local.SecretARN(region, contract.DBSecretName(suffix)),
		contract.ParamAPISecretARN:      local.SecretARN(region, contract.APISecretName(suffix)),
	}
}

// imageStore has the one image that was built, under whatever name the
// template's registry gives it.
func imageStore(image release.Image) local.ImageStore {
	return func(reference string) (local.Image, bool) {
		if !strings.HasSuffix(reference, "@"+image.Digest) {
			return local.Image{}, false
		}
		return local.Image{Root: image.Root, Entrypoint: image.Entrypoint, Command: image.Command}, true
	}
}

// createSecrets does what an operator does once per environment: the stack
// looks both secrets up and never creates one (D5).
func createSecrets(stateDir, suffix string) error {
	err := local.CreateSecret(stateDir, contract.DBSecretName(suffix), map[string]string{
		contract.SecretKeyUsername: "catalog", contract.SecretKeyPassword: rand.Text(),
	})
	if err != nil {
		return err
	}
	return local.CreateSecret(stateDir, contract.APISecretName(suffix), map[string]string{
		contract.SecretKeyWriteToken: rand.Text() + rand.Text(),
	})
}
