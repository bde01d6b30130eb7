package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"catalog/local"
)

type eventsOptions struct {
	following
	recorded bool
}

func eventsCommand(suffix *string) *cobra.Command {
	var o eventsOptions
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Show what happened: stack events, deployments, tasks, alarms, scaling",
		Long: `Shows an environment's events, CloudFormation's own and those of ECS, Application Auto Scaling, CloudWatch and SNS.
They are kept in .local/<suffix>/ after the environment has stopped.`,
		Example: `  catalogctl events
  catalogctl events --follow
  catalogctl events --tail -1 --json | jq -r 'select(.type == "deployment") | .status'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.suffix = *suffix
			return events(cmd.Context(), o, os.Stdout)
		},
	}
	o.flags(cmd, "events", 50)
	cmd.Flags().BoolVar(&o.recorded, "recorded", false, "also the resources that are only recorded")
	return cmd
}

func events(ctx context.Context, o eventsOptions, stdout io.Writer) error {
	open := func(dir string) func() ([]local.Event, error) {
		reader := local.NewEventReader(dir)
		return func() ([]local.Event, error) {
			news, err := reader.Read()
			return o.choose(news), err
		}
	}
	return show(ctx, o.following, open, func(event local.Event) error { return o.print(stdout, event) })
}

// choose leaves out what says nothing about what runs here.
func (o eventsOptions) choose(events []local.Event) []local.Event {
	if o.recorded {
		return events
	}
	return slices.DeleteFunc(events, func(e local.Event) bool { return e.Status == local.Recorded })
}

func (o eventsOptions) print(w io.Writer, event local.Event) error {
	if o.asJSON {
		return json.NewEncoder(w).Encode(event)
	}
	line := fmt.Sprintf("%s %-28s %s %s", event.Time.Local().Format(time.TimeOnly), event.Status, event.Type, event.ID)
	if event.Detail != "" {
		line += "  " + strings.ReplaceAll(event.Detail, "\n", " ")
	}
	_, err := fmt.Fprintln(w, line)
	return err
}
