package main

import (
	"context"
	"fmt"
	"time"

	"catalog/contract"
	"catalog/release/cloud"
)

// rollbackOnAWS takes the deployment under way back, or releases what ran
// before: the same template with the image before.
func rollbackOnAWS(ctx context.Context, o awsOptions, t *talk) error {
	_, account, err := o.reach(ctx)
	if err != nil {
		return err
	}
	stack, err := account.Stack(ctx, contract.CatalogStackName(o.suffix))
	if err != nil {
		return err
	}
	service, err := account.Service(ctx, o.suffix)
	if err != nil {
		return err
	}
	if service.Status == "" {
		return fmt.Errorf("there is no service of the environment %s in the account %s, %s: make it with %s", o.suffix, account.ID, account.Region, o.self("deploy"))
	}
	if running, ok := service.IsUnderWay(); ok {
		if err := account.TakeBack(ctx, running); err != nil {
			return err
		}
		t.say("%s the deployment %s is taken back: blue gets its traffic, and CloudFormation takes %s back behind it", t.paint(green, "✓"), running.ID, stack.Name)
		return nil
	}
	if err := stack.Refuses(o.suffix); err != nil {
		return err
	}
	return o.releasePrevious(ctx, account, stack, service, t)
}

func (o awsOptions) releasePrevious(ctx context.Context, account *cloud.Account, stack cloud.Stack, service cloud.Service, t *talk) error {
	current := stack.Parameters[contract.ParamImageDigest]
	before, err := account.PreviousRelease(ctx, o.suffix, service, current)
	if err != nil {
		return err
	}
	if isForeign := before.Migration != "" && before.Migration != before.Image; isForeign && stack.Parameters[contract.ParamMigrationImageDigest] == "" {
		return fmt.Errorf("what ran before is another workload, %s, and the template that is deployed is our own image's: go back with %s",
			before.Image, o.self("deploy --workload flask --image "+before.Image))
	}
	images, err := account.Images(ctx, cloud.RepositoryName(o.suffix))
	if err != nil {
		return err
	}
	if err := cloud.CheckKept(images, cloud.RepositoryName(o.suffix), before.Image); err != nil {
		return err
	}
	parameters := map[string]string{contract.ParamImageDigest: before.Image, contract.ParamInitialDeployment: "false"}
	if stack.Parameters[contract.ParamMigrationImageDigest] != "" && before.Migration != "" {
		parameters[contract.ParamMigrationImageDigest] = before.Migration
	}
	t.say("from %s back to %s", current, before.Image)
	begin := time.Now()
	change := stackChange{account: account, options: o, stack: stack.Name, again: o.self("rollback --aws"), t: t}
	err = change.run(ctx, stack.Name, func(ctx context.Context) error {
		changed, err := account.UpdateRelease(ctx, stack, parameters)
		if err != nil || !changed {
			return err
		}
		return account.AwaitStack(ctx, stack.Name)
	})
	if err != nil {
		return err
	}
	t.say("%s rolled back in %s", t.paint(green, "✓"), short(time.Since(begin)))
	return nil
}
