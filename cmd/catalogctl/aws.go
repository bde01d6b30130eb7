package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"catalog/contract"
	"catalog/release"
	"catalog/release/cloud"
)

// awsOptions say which environment of which region is meant.
type awsOptions struct{ suffix, region string }

// add gives a command the flag that all of AWS's share.
func (o *awsOptions) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.region, "region", "", "the AWS region (default: cdk.json's, or "+cloud.DefaultRegion+")")
}

// reach finds the project and connects with the account.
func (o *awsOptions) reach(ctx context.Context) (release.Project, *cloud.Account, error) {
	project, err := here()
	if err != nil {
		return project, nil, err
	}
	if o.region == "" {
		if o.region, err = configuredRegion(project); err != nil {
			return project, nil, err
		}
	}
	account, err := cloud.Connect(ctx, o.region)
	return project, account, err
}

// configuredRegion is what cdk.json says, as the CDK app reads it.
func configuredRegion(project release.Project) (string, error) {
	content, err := os.ReadFile(project.Path("cdk.json"))
	if errors.Is(err, os.ErrNotExist) {
		return cloud.DefaultRegion, nil
	}
	var file struct{ Context struct{ Region string } }
	if err == nil {
		err = json.Unmarshal(content, &file)
	}
	if err != nil {
		return "", fmt.Errorf("cdk.json cannot be read: %w: mend it, and run the same command again", err)
	}
	if file.Context.Region == "" {
		return cloud.DefaultRegion, nil
	}
	return file.Context.Region, nil
}

// cdkOf is the pinned command line, pointed at the account's region.
func cdkOf(project release.Project, account *cloud.Account) cloud.CDK {
	return cloud.CDK{
		Node: "node", CLI: filepath.Join(project.NodeModules(), "aws-cdk", "bin", "cdk"),
		Dir: project.Dir, Env: account.Environment(),
	}
}

// stacksOf are an environment's, in the order of their creation.
func stacksOf(suffix string) []string {
	return []string{contract.RegistryStackName(suffix), contract.CatalogStackName(suffix)}
}

// pauses are how long is waited between two looks: AWS throttles whoever asks
// all the time, a stand-in on this machine does not.
func pauses(account *cloud.Account) (look, sweep, patience time.Duration) {
	if account.Endpoint != "" {
		return 100 * time.Millisecond, 100 * time.Millisecond, time.Second
	}
	return 3 * time.Second, 10 * time.Second, 3 * time.Minute
}

// lastWord gives an interrupted program some seconds to ask how things stand.
func lastWord(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

// self writes the command that goes on from here.
func (o awsOptions) self(words string) string {
	command := "bin/catalogctl " + words + " --suffix " + o.suffix
	if o.region != "" && o.region != cloud.DefaultRegion {
		command += " --region " + o.region
	}
	return command
}
