package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"catalog/contract"
	"catalog/release"
	"catalog/release/cloud"
)

func outputsCommand(suffix *string) *cobra.Command {
	var o awsOptions
	var asJSON bool
	var write bool
	cmd := &cobra.Command{
		Use:   "outputs",
		Short: "Show the outputs of an environment on AWS, and write them for the tests",
		Long: `Reads both stacks' outputs from CloudFormation and prints them flat. With --write they go to ` + contract.OutputsFile + ` too,
as deploy leaves them: on another machine, go test ./integration then asks the environment on AWS.`,
		Example: `  catalogctl outputs
  catalogctl outputs --json | jq -r .ApiUrl
  catalogctl outputs --write && go test ./integration`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.suffix = *suffix
			return outputs(cmd.Context(), o, write, asJSON, os.Stdout)
		},
	}
	o.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as one flat JSON object")
	cmd.Flags().BoolVar(&write, "write", false, "write them to "+contract.OutputsFile+" too")
	return cmd
}

func outputs(ctx context.Context, o awsOptions, write, asJSON bool, stdout io.Writer) error {
	project, account, err := o.reach(ctx)
	if err != nil {
		return err
	}
	found, err := readOutputs(ctx, account, o.suffix)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("there is no environment %s in the account %s, %s: make it with %s", o.suffix, account.ID, account.Region, o.self("deploy"))
	}
	if write {
		if err := found.Write(project.Path(contract.OutputsFile)); err != nil {
			return err
		}
	}
	return printFlat(stdout, found, asJSON)
}

// readOutputs flattens both stacks' outputs.
func readOutputs(ctx context.Context, account *cloud.Account, suffix string) (release.Outputs, error) {
	all := release.Outputs{}
	for _, name := range stacksOf(suffix) {
		stack, err := account.Stack(ctx, name)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, stack.Outputs)
	}
	return all, nil
}

func printFlat(w io.Writer, outputs release.Outputs, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(outputs)
	}
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		rows = append(rows, []string{name, outputs[name]})
	}
	table(w, rows)
	return nil
}
