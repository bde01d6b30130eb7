package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"catalog/local"
)

type logsOptions struct {
	suffix    string
	container string
	tail      int
	follow    bool
	asJSON    bool
}

func logsCommand(suffix *string) *cobra.Command {
	var o logsOptions
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "Show what the tasks print",
		Example: `  catalogctl logs --tail 20
  catalogctl logs --follow --container api
  catalogctl logs --tail -1 --json | jq -r .text`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.suffix = *suffix
			return logs(cmd.Context(), o, os.Stdout)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&o.tail, "tail", 100, "how many of the last lines to begin with; -1 for all")
	flags.BoolVarP(&o.follow, "follow", "f", false, "go on with new lines until Ctrl-C")
	flags.StringVar(&o.container, "container", "", "only this container: api, migrate, …")
	flags.BoolVar(&o.asJSON, "json", false, "print each line as a JSON object with time, container, task and text")
	return cmd
}

func logs(ctx context.Context, o logsOptions, stdout io.Writer) error {
	if o.tail < -1 {
		return &exitError{exitUsage, fmt.Errorf("--tail is %d: it must be a number of lines, or -1 for all", o.tail)}
	}
	dir, err := environmentDir(o.suffix)
	if err != nil {
		return err
	}
	reader := local.NewLogReader(dir)
	lines, err := reader.Read()
	if err != nil {
		return err
	}
	if known := containersOf(lines); o.container != "" && len(known) > 0 && !slices.Contains(known, o.container) && !o.follow {
		return fmt.Errorf("no container %s has printed anything: there are lines of %s", o.container, strings.Join(known, ", "))
	}
	lines = o.choose(lines)
	if o.tail >= 0 {
		lines = lines[max(0, len(lines)-o.tail):]
	}
	read := func() ([]local.LogLine, error) {
		news, err := reader.Read()
		return o.choose(news), err
	}
	return follow(ctx, lines, o.follow, read, func(line local.LogLine) error { return o.print(stdout, line) })
}

// choose keeps the lines of the wanted container.
func (o logsOptions) choose(lines []local.LogLine) []local.LogLine {
	if o.container == "" {
		return lines
	}
	return slices.DeleteFunc(lines, func(l local.LogLine) bool { return l.Container != o.container })
}

func containersOf(lines []local.LogLine) []string {
	var names []string
	for _, line := range lines {
		names = append(names, line.Container)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (o logsOptions) print(w io.Writer, line local.LogLine) error {
	if o.asJSON {
		return json.NewEncoder(w).Encode(line)
	}
	_, err := fmt.Fprintf(w, "%s %s/%s %s\n", line.Time.Local().Format("15:04:05.000"), line.Container, line.Task[:min(8, len(line.Task))], line.Text)
	return err
}
