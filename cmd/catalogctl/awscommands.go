package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"
)

// awsCommands are those that work on an account.
func awsCommands(suffix *string) []*cobra.Command {
	return []*cobra.Command{deployCommand(suffix), destroyCommand(suffix), secretsCommand(suffix), outputsCommand(suffix)}
}

// withAWSStatus lets status show the environment on AWS instead of the one on
// this machine.
func withAWSStatus(cmd *cobra.Command, suffix *string) *cobra.Command {
	return withAWS(cmd, suffix, "show the environment on AWS", func(ctx context.Context, o awsOptions) error {
		if cmd.Flags().Changed("resources") {
			return &exitError{exitUsage, errors.New("--resources is about an environment on this machine: leave it or --aws out")}
		}
		asJSON, err := cmd.Flags().GetBool("json")
		if err != nil {
			return err
		}
		return statusOnAWS(ctx, o, asJSON, os.Stdout)
	})
}

// withAWSRollback lets rollback work on AWS.
func withAWSRollback(cmd *cobra.Command, suffix *string) *cobra.Command {
	return withAWS(cmd, suffix, "roll the environment on AWS back", func(ctx context.Context, o awsOptions) error {
		return rollbackOnAWS(ctx, o, newTalk(os.Stderr))
	})
}

// withAWS gives a command about this machine the flag --aws.
func withAWS(cmd *cobra.Command, suffix *string, usage string, onAWS func(context.Context, awsOptions) error) *cobra.Command {
	var o awsOptions
	var chosen bool
	cmd.Flags().BoolVar(&chosen, "aws", false, usage)
	o.add(cmd)
	here := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !chosen && o.region != "" {
			return &exitError{exitUsage, errors.New("--region is about an environment on AWS: give --aws too, or leave it out")}
		}
		if !chosen {
			return here(cmd, args)
		}
		o.suffix = *suffix
		return onAWS(cmd.Context(), o)
	}
	return cmd
}
