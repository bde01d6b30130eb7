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
	following
	container string
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
	o.flags(cmd, "lines", 100)
	cmd.Flags().StringVar(&o.container, "container", "", "only this container: api, migrate, …")
	return cmd
}

func logs(ctx context.Context, o logsOptions, stdout io.Writer) error {
	open := func(dir string) func() ([]local.LogLine, error) {
		reader, first := local.NewLogReader(dir), true
		return func() ([]local.LogLine, error) {
			lines, err := reader.Read()
			if err == nil && first {
				err = o.check(lines)
			}
			first = false
			return o.choose(lines), err
		}
	}
	return show(ctx, o.following, open, func(line local.LogLine) error { return o.print(stdout, line) })
}

// check refuses a container that has printed nothing where others have.
func (o logsOptions) check(lines []local.LogLine) error {
	if known := containersOf(lines); o.container != "" && len(known) > 0 && !slices.Contains(known, o.container) && !o.follow {
		return fmt.Errorf("no container %s has printed anything: there are lines of %s", o.container, strings.Join(known, ", "))
	}
	return nil
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
