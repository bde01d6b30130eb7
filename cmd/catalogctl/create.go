package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"catalog/contract"
	"catalog/local"
	"catalog/local/console"
	"catalog/local/pgserver"
	"catalog/release"
)

// create makes everything that the environment needs and starts it.
func create(ctx context.Context, project release.Project, o upOptions, t *talk) (*local.Environment, error) {
	// What can be refused is refused before anything is built.
	if err := local.Preflight(project.StateDir(o.suffix), o.port, o.dashboardPort, o.databasePort); err != nil {
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
	synthesized, err := synthesize(ctx, project, o, t)
	if err != nil {
		return nil, err
	}
	assembly, err := local.ReadAssembly(synthesized.Dir)
	if err != nil {
		return nil, err
	}
	made, err := o.build(ctx, project, t)
	if err != nil {
		return nil, err
	}
	if err := createSecrets(project.StateDir(o.suffix), o.suffix); err != nil {
		return nil, err
	}
	environment, err := local.Up(ctx, assembly, local.Options{
		StateDir: project.StateDir(o.suffix), Port: o.port, DashboardPort: o.dashboardPort,
		DatabasePort: o.databasePort, DatabaseEndpoint: o.databaseEndpoint,
		Parameters: made.parameters(assembly, o.suffix), Images: otherImages(project),
		Push:     func(ctx context.Context, to local.RepositoryStatus) error { return pushImage(ctx, made.image, to, t) },
		BakeTime: o.bakeTime(), Hurry: o.hurry, OnDown: o.onDown,
		Console: func(e *local.Environment) http.Handler {
			return console.New(e, console.Options{RunbooksDir: project.Path("docs/runbooks")})
		},
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

// bakeTime is what --bake says, where it was given.
func (o upOptions) bakeTime() *time.Duration {
	if !o.given("bake") {
		return nil
	}
	return &o.bake
}

// buildImage builds the API for this machine alone: the others are for AWS.
func buildImage(ctx context.Context, project release.Project, t *talk) (release.Image, error) {
	var image release.Image
	err := t.during("image", "compiling the API: half a minute the first time, a second from then on", func() (string, error) {
		var err error
		if image, err = project.BuildImage(ctx, release.HostPlatform()); err != nil {
			return "", err
		}
		return "catalog " + image.Version + ", " + image.Digest[:19], nil
	})
	return image, err
}

// pushImage sends an image to a repository of the environment.
func pushImage(ctx context.Context, image release.Image, to local.RepositoryStatus, t *talk) error {
	return t.during("push", "pushing the image to "+to.Address, func() (string, error) {
		_, err := image.Push(ctx, release.PushOptions{Repository: to.Address})
		return to.Name + ", on " + to.Address, err
	})
}

func synthesize(ctx context.Context, project release.Project, o upOptions, t *talk) (release.Assembly, error) {
	begin := time.Now()
	synthesized, err := project.Synthesize(ctx, o.context(), t.note)
	if err != nil {
		return synthesized, err
	}
	from := "synthesized"
	if synthesized.Cached {
		from = "from the cache"
	}
	t.done("templates", from, begin)
	return synthesized, nil
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
