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
	suffix   string
	tail     int
	follow   bool
	asJSON   bool
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
	flags := cmd.Flags()
	flags.IntVar(&o.tail, "tail", 50, "how many of the last events to begin with; -1 for all")
	flags.BoolVarP(&o.follow, "follow", "f", false, "go on with new events until Ctrl-C")
	flags.BoolVar(&o.recorded, "recorded", false, "also the resources that are only recorded")
	flags.BoolVar(&o.asJSON, "json", false, "print each event as a JSON object")
	return cmd
}

func events(ctx context.Context, o eventsOptions, stdout io.Writer) error {
	if o.tail < -1 {
		return &exitError{exitUsage, fmt.Errorf("--tail is %d: it must be a number of events, or -1 for all", o.tail)}
	}
	dir, err := environmentDir(o.suffix)
	if err != nil {
		return err
	}
	reader := local.NewEventReader(dir)
	found, err := reader.Read()
	if err != nil {
		return err
	}
	found = o.choose(found)
	if o.tail >= 0 {
		found = found[max(0, len(found)-o.tail):]
	}
	read := func() ([]local.Event, error) {
		news, err := reader.Read()
		return o.choose(news), err
	}
	return follow(ctx, found, o.follow, read, func(event local.Event) error { return o.print(stdout, event) })
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
