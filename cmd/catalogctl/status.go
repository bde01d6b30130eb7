package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"catalog/local"
	"catalog/local/alarm"
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
	client, err := connect(suffix)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	s, err := client.Status(ctx)
	if err != nil {
		return err
	}
	if o.asJSON {
		return json.NewEncoder(stdout).Encode(s)
	}
	printStatus(stdout, s)
	if o.resources {
		printResources(stdout, s.Resources)
	}
	return nil
}

func percent(p float64) string { return fmt.Sprintf("%.0f%%", p) }

// counted says how many tasks run; both colours do during a deployment.
func counted(s local.ServiceStatus) string {
	if s.Running > s.Desired {
		return fmt.Sprintf("%d tasks run, %d are desired: a deployment is under way", s.Running, s.Desired)
	}
	return fmt.Sprintf("%d of %d tasks run", s.Running, s.Desired)
}

// printDeployment says how the last deployment goes, or ended.
func printDeployment(w io.Writer, d local.DeploymentStatus) {
	fmt.Fprintf(w, "deployment of %s to %s: %s", d.Target, d.TargetGroup, d.Status)
	if d.Finished.IsZero() {
		fmt.Fprintf(w, ", %s", d.Stage)
	}
	if d.Reason != "" {
		fmt.Fprintf(w, ": %s", d.Reason)
	}
	fmt.Fprintln(w)
}

// printAlarms names those that are on; the console shows all.
func printAlarms(w io.Writer, alarms []local.AlarmStatus) {
	counts := map[string]int{}
	for _, a := range alarms {
		counts[a.State]++
		if a.State == alarm.InAlarm {
			fmt.Fprintf(w, "ALARM %s: %s\n", a.Name, a.Reason)
		}
	}
	fmt.Fprintf(w, "alarms: %d OK, %d in ALARM, %d without enough data\n", counts[alarm.OK], counts[alarm.InAlarm], counts[alarm.InsufficientData])
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
		fmt.Fprintf(w, "%s: %s\n", service.Name, counted(service))
		rows := [][]string{{"TASK", "REVISION", "STATUS", "TARGET", "GROUP", "PROVIDER", "ZONE", "CPU", "MEMORY", "ADDRESS", "PID", "AGE"}}
		for _, t := range service.Tasks {
			rows = append(rows, []string{
				t.ID[:8], strconv.Itoa(t.Revision), t.Status, t.Health, t.Group, t.Provider, t.Zone, percent(t.CPU), percent(t.Memory), t.Address,
				strconv.Itoa(t.PID), time.Since(t.Launched).Round(time.Second).String(),
			})
		}
		table(w, rows)
		if len(service.Deployments) > 0 {
			printDeployment(w, service.Deployments[0])
		}
	}
	printAlarms(w, s.Alarms)
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
