// Command catalogctl is the operator's tool: it brings the catalog up, shows
// it, and takes it down.
//
// Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 used
// wrongly, 130 interrupted before it was done.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"catalog/contract"
	"catalog/release"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "dev"

const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	signals, stop := watchSignals(context.Background())
	err := newCommand(signals).ExecuteContext(signals.first)
	stop()
	os.Exit(exitCode(err))
}

// exitError ends the program with a code of its own and, without a cause,
// without a word.
type exitError struct {
	code  int
	cause error
}

func (e *exitError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.cause.Error()
}

// exitCode says what went wrong, a line each, and answers the program's code:
// that of the first error. What failed while stopping comes behind it.
func exitCode(err error) int {
	all := flatten(err)
	for i, one := range all {
		var exit *exitError
		switch {
		case errors.As(one, &exit) && exit.cause == nil:
		case errors.Is(one, context.Canceled) && i == 0:
			fmt.Fprintln(os.Stderr, "catalogctl: interrupted")
		default:
			fmt.Fprintln(os.Stderr, "catalogctl:", one)
		}
	}
	if len(all) == 0 {
		return 0
	}
	var exit *exitError
	switch {
	case errors.As(all[0], &exit):
		return exit.code
	case errors.Is(all[0], context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// flatten takes joined errors apart.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, flatten(one)...)
	}
	return all
}

func newCommand(signals interrupts) *cobra.Command {
	var suffix string
	root := &cobra.Command{
		Use:   "catalogctl",
		Short: "Run and watch the product catalog",
		Example: `  catalogctl up                  the whole system on this machine
  catalogctl up                  again, while it runs: updates it
  catalogctl status --json       what runs, for scripts
  catalogctl events --follow     what happens
  catalogctl logs --follow       what the tasks print
  catalogctl load --rps 200      traffic, for a rehearsal
  catalogctl down                delete it and its data
  catalogctl deploy              this checkout, to AWS
  catalogctl destroy             the environment on AWS, and what is left of it`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if !contract.ValidSuffix(suffix) {
				return &exitError{exitUsage, fmt.Errorf("--suffix is %q: it must be %s", suffix, contract.SuffixRule)}
			}
			return nil
		},
	}
	root.PersistentFlags().StringVar(&suffix, "suffix", defaultSuffix(),
		"environment suffix: "+contract.SuffixRule+"; also $"+contract.EnvSuffix)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var value *pflag.InvalidValueError
		if errors.As(err, &value) {
			err = fmt.Errorf("%q is no value for --%s, which takes %s", value.GetValue(), value.GetFlag().Name, value.GetFlag().Value.Type())
		}
		return &exitError{exitUsage, fmt.Errorf("%w: see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(
		upCommand(&suffix, signals), withAWSStatus(statusCommand(&suffix), &suffix), logsCommand(&suffix), eventsCommand(&suffix), withAWSRollback(rollbackCommand(&suffix), &suffix),
		spotCommand(&suffix), loadCommand(&suffix), imageCommand(), downCommand(&suffix), cleanCommand(),
	)
	root.AddCommand(awsCommands(&suffix)...)
	return root
}

// noArguments refuses words that are neither a flag nor a command.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &exitError{exitUsage, fmt.Errorf("%q is neither a flag nor a command of %s: see %s --help", args[0], cmd.CommandPath(), cmd.CommandPath())}
	}
	return nil
}

func defaultSuffix() string {
	if suffix := os.Getenv(contract.EnvSuffix); suffix != "" {
		return suffix
	}
	return "dev"
}

// here finds the project around the working directory.
func here() (release.Project, error) {
	dir, err := os.Getwd()
	if err != nil {
		return release.Project{}, err
	}
	return release.FindProject(dir)
}
