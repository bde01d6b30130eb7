package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"catalog/contract"
	"catalog/local"
	"catalog/release"
)

type upOptions struct {
	suffix, workload    string
	port, dashboardPort int
	databasePort        int
	databaseEndpoint    string
	fresh, noSample     bool
	ephemeral           bool
	asJSON              bool
	outputs             string
	bake                time.Duration
	command             []string
	given               func(flag string) bool // on the command line
	hurry               context.Context        // ends when what stops is to be killed
	onDown              func()                 // when somebody else asks for the end
}

func upCommand(suffix *string, signals interrupts) *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:   "up [flags] [-- command …]",
		Short: "Run the whole system on this machine until Ctrl-C",
		Long: `Synthesizes the CloudFormation template, builds the API, and runs the template on this machine:
PostgreSQL for the Aurora cluster, processes for the tasks, a load balancer on loopback. Stays in the
foreground; Ctrl-C stops everything. The database is kept in .local/<suffix>/ for the next time.

While the environment runs, up in another terminal updates it to what this checkout says: a changed API goes out as a
blue/green deployment, and what fails is rolled back.

With a command behind --, runs it inside the environment, stops, and ends with its exit code. The command gets
CFN_OUTPUTS, the path of the outputs file, and API_WRITE_TOKEN.`,
		Example: `  catalogctl up
  catalogctl up                    again, in another terminal: updates what runs
  catalogctl up --workload flask   the Flask service in the same template
  catalogctl up --port 0 --dashboard-port 0 --suffix mine
  catalogctl up --suffix test --fresh -- go test ./integration`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch behindDash := cmd.ArgsLenAtDash() == 0; {
			case len(args) > 0 && !behindDash:
				return &exitError{exitUsage, fmt.Errorf("%q is no flag of up: a command to run goes behind --", args[0])}
			case len(args) == 0 && behindDash:
				return &exitError{exitUsage, errors.New("nothing stands behind --: name the command to run inside the environment, or leave -- out")}
			case len(args) > 0 && o.asJSON:
				return &exitError{exitUsage, errors.New("--json prints the outputs on stdout, which belongs to the command behind --: the command finds them in the file $" + contract.EnvOutputs)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.suffix, o.command, o.given = *suffix, args, cmd.Flags().Changed
			return up(signals, o, os.Stdout, newTalk(os.Stderr))
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&o.port, "port", 8080, "the load balancer's port on 127.0.0.1; 0 takes any free one")
	flags.IntVar(&o.dashboardPort, "dashboard-port", 8081, "the dashboard's port on 127.0.0.1; 0 takes any free one")
	flags.IntVar(&o.databasePort, "database-port", 0, "PostgreSQL's port on 127.0.0.1, such as for psql; 0 takes any free one")
	flags.StringVar(&o.databaseEndpoint, "database-endpoint", "", "what the tasks are told in the place of PostgreSQL, like 127.0.0.1:6432, for a proxy in front of it (default: PostgreSQL itself)")
	flags.BoolVar(&o.fresh, "fresh", false, "drop the database of the last run")
	flags.BoolVar(&o.ephemeral, "ephemeral", false, "begin with nothing and leave nothing: drop the environment's data before and after")
	flags.BoolVar(&o.noSample, "no-sample", false, "do not load the sample catalog into an empty database")
	flags.StringVar(&o.workload, "workload", workloadGo, "what runs in the API's container: go, or flask for the service in workloads/flask")
	flags.DurationVar(&o.bake, "bake", 0, "how long both colours run after a deployment's shift, like 20s (default: the template's)")
	flags.StringVar(&o.outputs, "outputs", "", "where the outputs are written (default "+contract.OutputsFile+", or .local/<suffix>/"+ownOutputs+" while another environment has that)")
	flags.BoolVar(&o.asJSON, "json", false, "print the outputs as JSON when the system is ready")
	return cmd
}

func (o upOptions) check() error {
	if err := o.checkWorkload(); err != nil {
		return err
	}
	for flag, port := range map[string]int{"--port": o.port, "--dashboard-port": o.dashboardPort, "--database-port": o.databasePort} {
		if port < 0 || port > 65535 {
			return &exitError{exitUsage, fmt.Errorf("%s is %d: it must be 0 to 65535", flag, port)}
		}
	}
	if err := local.CheckDatabaseEndpoint(o.databaseEndpoint); err != nil {
		return &exitError{exitUsage, fmt.Errorf("--database-endpoint: %w", err)}
	}
	if o.bake < 0 {
		return &exitError{exitUsage, fmt.Errorf("--bake is %v: it must be 0 or more, like 20s", o.bake)}
	}
	for _, two := range []struct {
		one, other string
		port, same int
	}{
		{"--port", "--dashboard-port", o.port, o.dashboardPort},
		{"--port", "--database-port", o.port, o.databasePort},
		{"--dashboard-port", "--database-port", o.dashboardPort, o.databasePort},
	} {
		if two.port != 0 && two.port == two.same {
			return &exitError{exitUsage, fmt.Errorf("%s and %s are both %d: choose two", two.one, two.other, two.port)}
		}
	}
	return nil
}

// up runs the environment until it is interrupted or its command has ended.
func up(signals interrupts, o upOptions, stdout io.Writer, t *talk) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	begin := time.Now()
	project, err := here()
	if err != nil {
		return err
	}
	if local.IsRunning(project.StateDir(o.suffix)) {
		return updateRunning(signals.first, project, o, stdout, t)
	}
	if o.outputs == "" {
		o.outputs = outputsFile(project, o.suffix)
	}
	// catalogctl down ends it as Ctrl-C does.
	ending, end := context.WithCancel(signals.first)
	defer end()
	signals.first = ending
	o.hurry, o.onDown = signals.second, func() {
		t.say("catalogctl down was asked for")
		end()
	}
	environment, err := create(ending, project, o, t)
	if errors.Is(err, context.Canceled) && len(flatten(err)) == 1 {
		return &exitError{exitInterrupted, errors.New("interrupted, nothing is left running")}
	}
	if err != nil {
		return err
	}
	outputs := release.Outputs(environment.Outputs())
	defer func() { // an update may have changed the outputs since
		err = errors.Join(err, release.Outputs(environment.Outputs()).Remove(o.outputs), tearDown(signals.second, environment, t))
		if o.ephemeral {
			err = errors.Join(err, local.Discard(project.StateDir(o.suffix)))
		}
	}()
	token, err := local.ReadSecret(project.StateDir(o.suffix), contract.APISecretName(o.suffix), contract.SecretKeyWriteToken)
	if err != nil {
		return err
	}
	if !o.noSample {
		if err := loadSample(signals.first, outputs[contract.OutputAPIURL], token, t); err != nil {
			return err
		}
	}
	// Whoever waits for the file finds a system that is ready.
	if err := outputs.Write(o.outputs); err != nil {
		return err
	}
	t.say("%s ready in %s", t.paint(green, "✓"), short(time.Since(begin)))
	if len(o.command) > 0 {
		return runInside(signals, o, token)
	}
	if err := summary(stdout, outputs, o, t); err != nil {
		return err
	}
	<-ending.Done()
	return nil
}

func summary(stdout io.Writer, outputs release.Outputs, o upOptions, t *talk) error {
	if err := printOutputs(stdout, outputs, o); err != nil || o.asJSON {
		return err
	}
	with := ""
	if o.suffix != defaultSuffix() {
		with = " --suffix " + o.suffix
	}
	t.say("Ctrl-C stops it. In another terminal: bin/catalogctl%s status, logs, events, up, rollback, load, spot reclaim, down", with)
	return nil
}

// printOutputs says where everything is.
func printOutputs(stdout io.Writer, outputs release.Outputs, o upOptions) error {
	if o.asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(outputs)
	}
	file := cmp.Or(o.outputs, contract.OutputsFile)
	if dir, err := os.Getwd(); err == nil {
		if relative, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(relative) {
			file = relative
		}
	}
	table(stdout, [][]string{
		{"API", outputs[contract.OutputAPIURL] + "/products"},
		{"Health", "http://" + outputs[contract.OutputAlbDNSName] + contract.HealthPath},
		{"Dashboard", outputs[contract.OutputDashboardURL]},
		{"Outputs", file},
		{"Write token", filepath.Join(".local", o.suffix, "secrets", contract.APISecretName(o.suffix)+".json")},
	})
	return nil
}

// tearDown stops everything; a second Ctrl-C kills what is left.
func tearDown(hurry context.Context, environment *local.Environment, t *talk) error {
	t.say("stopping (Ctrl-C again kills what is left)")
	t.mu.Lock()
	t.quiet = true
	t.mu.Unlock()
	begin := time.Now()
	if err := environment.Down(hurry); err != nil {
		return err
	}
	t.say("%s stopped in %s, nothing is left running", t.paint(green, "✓"), short(time.Since(begin)))
	return nil
}
