package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"catalog/local"
)

func statusCommand(suffix *string) *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what runs: tasks, targets, database, outputs",
		Example: `  catalogctl status
  catalogctl status --resources    every resource of the template: what runs, what is only recorded
  catalogctl status --suffix mine --json | jq '.services[].tasks[].pid'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return status(cmd.Context(), *suffix, o, os.Stdout)
		},
	}
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print everything as JSON")
	cmd.Flags().BoolVar(&o.resources, "resources", false, "list every resource of the template by name")
	return cmd
}

type statusOptions struct{ asJSON, resources bool }

const statusTimeout = 5 * time.Second

func status(ctx context.Context, suffix string, o statusOptions, stdout io.Writer) error {
	project, err := here()
	if err != nil {
		return err
	}
	state, err := local.ReadState(project.StateDir(suffix))
	if err != nil {
		return fmt.Errorf("no environment %s runs on this machine: start it with make run SUFFIX=%s, or bin/catalogctl up --suffix %s", suffix, suffix, suffix)
	}
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, state.Console+"status.json", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the environment %s does not answer (it was process %d): start it again with make run SUFFIX=%s", suffix, state.PID, suffix)
	}
	defer response.Body.Close()
	if o.asJSON {
		_, err := io.Copy(stdout, response.Body)
		return err
	}
	var s local.Status
	if err := json.NewDecoder(response.Body).Decode(&s); err != nil {
		return fmt.Errorf("the answer of %s cannot be read: %w", state.Console, err)
	}
	printStatus(stdout, s)
	if o.resources {
		printResources(stdout, s.Resources)
	}
	return nil
}

func printResources(w io.Writer, resources []local.ResourceStatus) {
	fmt.Fprintln(w)
	rows := [][]string{{"RESOURCE", "TYPE", "STATUS", "STACK"}}
	for _, r := range resources {
		rows = append(rows, []string{r.ID, r.Type, r.Status, r.Stack})
	}
	table(w, rows)
}

func printStatus(w io.Writer, s local.Status) {
	for _, service := range s.Services {
		fmt.Fprintf(w, "%s: %d of %d tasks run\n", service.Name, service.Running, service.Desired)
		rows := [][]string{{"TASK", "STATUS", "TARGET", "PROVIDER", "ZONE", "ADDRESS", "PID", "AGE"}}
		for _, t := range service.Tasks {
			rows = append(rows, []string{
				t.ID[:8], t.Status, t.Health, t.Provider, t.Zone, t.Address,
				strconv.Itoa(t.PID), time.Since(t.Launched).Round(time.Second).String(),
			})
		}
		table(w, rows)
	}
	fmt.Fprintln(w)
	for _, l := range s.Listeners {
		fmt.Fprintf(w, "%s: port %d of the template, here on %s\n", l.Name, l.Port, l.Address)
	}
	for _, db := range s.Databases {
		fmt.Fprintf(w, "%s: PostgreSQL on port %d, pid %d\n", db.Name, db.Port, db.PID)
	}
	fmt.Fprintln(w)
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
		rows = append(rows, []string{name, s.Outputs[name]})
	}
	table(w, rows)
	counts := map[string]int{}
	for _, r := range s.Resources {
		counts[r.Status]++
	}
	fmt.Fprintf(w, "\nresources: %d run here, %d recorded because only AWS can give them, %d of types not known here (--resources lists them)\n",
		counts[local.CreateComplete], counts[local.Recorded], counts[local.NotRun])
}
