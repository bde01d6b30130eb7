package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"catalog/contract"
	"catalog/release/cloud"
)

type deployOptions struct {
	awsOptions
	profile    string
	workload   string
	image      string
	method     string
	outputs    string
	context    []string
	allowDirty bool
	diff       bool
	yes        bool
	noSmoke    bool
	asJSON     bool
}

func deployCommand(suffix *string) *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Deploy to AWS: checks, registry, image, stack, outputs, smoke test",
		Long: `Brings an environment on AWS to what this checkout says, and makes it where there is none. It looks first at what would
fail half an hour later (credentials, bootstrap, the two secrets, quotas), then creates the registry's stack, pushes the image,
creates or updates the catalog's stack with it, writes the outputs, and asks the API whether it serves. CloudFormation does the
work, through the pinned CDK command line. Run again after whatever has gone wrong, it goes on from there.

The credentials are those of every AWS tool: AWS_PROFILE, aws sso login, the environment. --profile is the CDK's context.`,
		Example: `  catalogctl secrets init            once, before the first one
  catalogctl deploy --diff           what would change, and what of it costs
  catalogctl deploy
  catalogctl deploy --suffix shop --profile prod --yes
  catalogctl deploy --workload flask --image v42    an image in the environment's registry`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.suffix = *suffix
			return deploy(cmd.Context(), o, os.Stdin, os.Stdout, newTalk(os.Stderr))
		},
	}
	o.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.profile, "profile", "", "dev, staging or prod: sizes and optional parts (default: cdk.json's, or dev)")
	flags.StringArrayVarP(&o.context, "context", "c", nil, "more CDK context, as key=value; may be given again")
	flags.BoolVar(&o.allowDirty, "allow-dirty", false, "deploy although the checkout has changes that no commit has")
	flags.BoolVar(&o.diff, "diff", false, "show what would change, first what it costs, and change nothing")
	flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask before it begins")
	flags.StringVar(&o.workload, "workload", "", "go (our API) or flask (an image of yours)")
	flags.StringVar(&o.image, "image", "", "with --workload flask: your image's tag or digest in the environment's registry")
	flags.StringVar(&o.method, "method", "", "change-set or direct, as of cdk deploy (default change-set; direct with AWS_ENDPOINT_URL)")
	flags.StringVar(&o.outputs, "outputs", "", "where the outputs are written (default "+contract.OutputsFile+")")
	flags.BoolVar(&o.noSmoke, "no-smoke", false, "do not ask the deployed API whether it serves")
	flags.BoolVar(&o.asJSON, "json", false, "print the outputs, or with --diff the changes, as JSON")
	return cmd
}

var (
	contextWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*=`)
	imageWord   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/:@-]*$`)
)

// check refuses what cannot be meant, before anything is touched.
func (o deployOptions) check(terminal bool) error {
	wrong := func(format string, args ...any) error { return &exitError{exitUsage, fmt.Errorf(format, args...)} }
	oneOf := func(value string, allowed ...string) bool { return value == "" || slices.Contains(allowed, value) }
	switch {
	case !oneOf(o.profile, "dev", "staging", "prod"):
		return wrong("--profile is %q: it must be dev, staging or prod; an AWS profile is chosen with AWS_PROFILE", o.profile)
	case !oneOf(o.workload, "go", "flask"):
		return wrong("--workload is %q: it must be go or flask", o.workload)
	case !oneOf(o.method, cloud.MethodChangeSet, cloud.MethodDirect):
		return wrong("--method is %q: it must be change-set or direct", o.method)
	case o.workload == "flask" && o.image == "":
		return wrong("--workload flask needs --image: the tag or the digest of your image in the environment's registry")
	case o.image != "" && o.workload != "flask":
		return wrong("--image goes with --workload flask: our own API's image is built from this checkout")
	case o.image != "" && !imageWord.MatchString(o.image):
		return wrong("--image is %q: it must be a tag, or a digest like sha256:0123…", o.image)
	case !o.yes && !o.diff && !terminal:
		return wrong("deploy asks before it changes an account, and nobody can answer here: give --yes, or --diff to look only")
	}
	for _, pair := range o.context {
		if !contextWord.MatchString(pair) {
			return wrong("--context is %q: it must be key=value, like taskCpu=1024", pair)
		}
	}
	return nil
}

// cdkContext is what the templates are synthesized for.
func (o deployOptions) cdkContext() map[string]string {
	all := map[string]string{}
	for _, pair := range o.context {
		key, value, _ := strings.Cut(pair, "=")
		all[key] = value
	}
	all["environmentSuffix"] = o.suffix
	for key, value := range map[string]string{"profile": o.profile, "workload": o.workload} {
		if value != "" {
			all[key] = value
		}
	}
	if _, given := all["region"]; !given && o.region != cloud.DefaultRegion {
		all["region"] = o.region
	}
	return all
}

// self is the same command again.
func (o deployOptions) self() string {
	words := "deploy"
	for _, flag := range [][2]string{{"profile", o.profile}, {"workload", o.workload}, {"image", o.image}} {
		if flag[1] != "" {
			words += " --" + flag[0] + " " + flag[1]
		}
	}
	return o.awsOptions.self(words)
}

func deploy(ctx context.Context, o deployOptions, stdin *os.File, stdout io.Writer, t *talk) error {
	if err := o.check(isTerminal(stdin)); err != nil {
		return err
	}
	d := &deploying{deployOptions: o, t: t}
	err := d.run(ctx, stdin, stdout)
	if errors.Is(err, context.Canceled) && !isExit(err) {
		return &exitError{exitInterrupted, fmt.Errorf("interrupted, and no stack was under way: %s goes on from here", d.self())}
	}
	return err
}
