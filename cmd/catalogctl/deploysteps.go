package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"catalog/contract"
	"catalog/release"
	"catalog/release/cloud"
)

// deploying is a deployment on its way.
type deploying struct {
	deployOptions
	t        *talk
	project  release.Project
	account  *cloud.Account
	cdk      cloud.CDK
	assembly *cloud.Assembly
	secrets  cloud.SecretARNs
	service  cloud.Service
}

// run takes the steps in the order in which they can be refused: what changes
// nothing first.
func (d *deploying) run(ctx context.Context, stdin *os.File, stdout io.Writer) (err error) {
	if d.project, d.account, err = d.reach(ctx); err != nil {
		return err
	}
	d.cdk = cdkOf(d.project, d.account)
	if err := d.checks(ctx); err != nil {
		return err
	}
	if d.diff {
		return d.showDiff(ctx, stdout)
	}
	if err := d.ask(stdin); err != nil {
		return err
	}
	registry := contract.RegistryStackName(d.suffix)
	if err := d.deployStack(ctx, registry, nil); err != nil {
		return err
	}
	stack, err := d.account.Stack(ctx, registry)
	if err != nil {
		return err
	}
	parameters, err := d.image(ctx, stack.Outputs[contract.OutputEcrRepositoryURI])
	if err != nil {
		return err
	}
	if err := d.deployStack(ctx, contract.CatalogStackName(d.suffix), parameters); err != nil {
		return err
	}
	outputs, err := readOutputs(ctx, d.account, d.suffix)
	if err != nil {
		return err
	}
	file := d.outputsPath()
	if err := outputs.Write(file); err != nil {
		return err
	}
	d.t.say("%s outputs    %s", d.t.paint(green, "✓"), shown(file))
	if err := d.smoke(ctx, file); err != nil {
		return err
	}
	return printFlat(stdout, outputs, d.asJSON)
}

// ask says what is about to happen, where somebody can say no.
func (d *deploying) ask(stdin *os.File) error {
	if d.yes {
		return nil
	}
	what := "update the environment " + d.suffix
	if d.service.Status == "" {
		what = "create the environment " + d.suffix + ", which costs money from then on (docs/deploy.md),"
	}
	answer, err := askFor(stdin, d.t, fmt.Sprintf("%s in the account %s, %s? Type yes: ", what, d.account.ID, d.account.Region))
	if err != nil || answer != "yes" {
		return errors.New("nothing was deployed, since the answer was not yes: " + d.self() + " asks again")
	}
	return nil
}

// deployStack brings one stack to what its template says.
func (d *deploying) deployStack(ctx context.Context, stack string, parameters map[string]string) error {
	change := stackChange{account: d.account, options: d.awsOptions, stack: stack, again: d.self(), t: d.t}
	return change.run(ctx, stack, func(ctx context.Context) error {
		return d.cdk.Deploy(ctx, cloud.Deployment{Assembly: d.assembly.Dir, Stack: stack, Parameters: parameters, Method: d.how()})
	})
}

// how is the CDK's method. A stand-in for AWS knows no change sets.
func (d *deploying) how() string {
	switch {
	case d.method != "":
		return d.method
	case d.account.Endpoint != "":
		return cloud.MethodDirect
	}
	return cloud.MethodChangeSet
}

// parameters are what a release gives the catalog's stack. The count of tasks
// is set by the deployment that creates the service, and by no other: a
// service that is scaled out stays so.
func (d *deploying) parameters(image, migration string) map[string]string {
	initial := "false"
	if d.service.Status == "" {
		initial = "true"
	}
	all := map[string]string{
		contract.ParamImageDigest: image, contract.ParamInitialDeployment: initial,
		contract.ParamDatabaseSecretARN: d.secrets.Database, contract.ParamAPISecretARN: d.secrets.API,
	}
	if d.assembly.Has(contract.CatalogStackName(d.suffix), contract.ParamMigrationImageDigest) {
		all[contract.ParamMigrationImageDigest] = migration
	}
	return all
}

func (d *deploying) outputsPath() string {
	if d.outputs != "" {
		return d.outputs
	}
	return d.project.Path(contract.OutputsFile)
}

// step says that a check has passed.
func (d *deploying) step(name, result string, begin time.Time) { d.t.done(name, result, begin) }
