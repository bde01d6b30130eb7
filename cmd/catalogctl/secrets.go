package main

import (
	"context"
	"encoding/json"
	"io"
	"os"

	"github.com/spf13/cobra"
)

func secretsCommand(suffix *string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secrets",
		Short: "Make the two secrets that exist before an environment's stack",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o awsOptions
	var asJSON bool
	start := &cobra.Command{
		Use:   "init",
		Short: "Make those of the two secrets that do not exist, with random values that nobody sees",
		Long: `Makes secret-catalog-db-<suffix> (username, password) and secret-catalog-api-<suffix> (write_token) in AWS Secrets
Manager. One that exists is left as it is. No value is printed or stored anywhere else. A destroy leaves both.`,
		Example: `  catalogctl secrets init
  catalogctl secrets init --suffix shop --json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.suffix = *suffix
			return secretsInit(cmd.Context(), o, asJSON, os.Stdout, newTalk(os.Stderr))
		},
	}
	o.add(start)
	start.Flags().BoolVar(&asJSON, "json", false, "print the names and ARNs as JSON")
	cmd.AddCommand(start)
	return cmd
}

func secretsInit(ctx context.Context, o awsOptions, asJSON bool, stdout io.Writer, t *talk) error {
	_, account, err := o.reach(ctx)
	if err != nil {
		return err
	}
	made, err := account.InitSecrets(ctx, o.suffix)
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(made)
	}
	var rows [][]string
	for _, one := range made {
		state := "was there, untouched"
		if one.Made {
			state = "made"
		}
		rows = append(rows, []string{one.Name, state, one.ARN})
	}
	table(stdout, rows)
	t.say("next: %s", o.self("deploy"))
	return nil
}
