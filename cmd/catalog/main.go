// Command catalog is the product catalog API: what the container runs.
//
//	catalog serve        answers requests until it is told to stop
//	catalog migrate      brings the database's schema to the newest version
//	catalog healthcheck  asks the server on this host whether it can serve
//	catalog seed         writes a catalog of invented products to stdout
//
// The server is configured by the environment that contract names and nothing
// else.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func main() {
	if err := newCommand().ExecuteContext(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "catalog:", err)
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "catalog",
		Short:         "The product catalog API",
		Version:       buildVersion(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context()) },
	}
	root.AddCommand(
		&cobra.Command{
			Use:   "serve",
			Short: "Answer requests until SIGTERM (drain, then stop) or SIGINT (stop)",
			Args:  cobra.NoArgs,
			RunE:  func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context()) },
		},
		&cobra.Command{
			Use:   "migrate",
			Short: "Bring the database's schema to the newest version",
			Args:  cobra.NoArgs,
			RunE:  func(cmd *cobra.Command, _ []string) error { return migrate(cmd.Context()) },
		},
		&cobra.Command{
			Use:   "healthcheck",
			Short: "Ask the server on this host whether it can serve; exit 1 if not",
			Args:  cobra.NoArgs,
			RunE:  func(cmd *cobra.Command, _ []string) error { return healthcheck(cmd.Context()) },
		},
		seedCommand(),
	)
	return root
}

// version is set by the build (-ldflags "-X main.version=…").
var version string

func buildVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return s.Value[:12]
			}
		}
	}
	return "dev"
}
