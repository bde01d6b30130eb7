package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"catalog/contract"
	"catalog/local"
	"catalog/release"
)

// fixedWhileRunning are up's flags that an environment which runs cannot take.
var fixedWhileRunning = []string{"fresh", "ephemeral", "outputs", "bake", "database-port", "database-endpoint"}

// updateRunning brings this checkout's template and image to the environment
// that runs, and waits until they serve. Ctrl-C stops the waiting alone, as
// with a stack on AWS.
func updateRunning(ctx context.Context, project release.Project, o upOptions, stdout io.Writer, t *talk) error {
	client, err := local.Connect(project.StateDir(o.suffix))
	if err != nil {
		return fmt.Errorf("the environment %s starts or stops at the moment: try again in some seconds", o.suffix)
	}
	defer client.Close()
	before, err := client.Status(ctx)
	if err != nil {
		return err
	}
	if err := o.checkUpdate(client.State, before); err != nil {
		return err
	}
	begin := time.Now()
	t.say("the environment %s runs: it is updated", o.suffix)
	synthesized, err := synthesize(ctx, project, o, t)
	if err != nil {
		return err
	}
	assembly, err := local.ReadAssembly(synthesized.Dir)
	if err != nil {
		return err
	}
	made, err := o.build(ctx, project, t)
	if err != nil {
		return err
	}
	for _, repository := range before.Repositories {
		if err := pushImage(ctx, made.image, repository, t); err != nil {
			return err
		}
	}
	err = client.Update(ctx, local.UpdateRequest{Assembly: synthesized.Dir, Parameters: made.parameters(assembly, o.suffix)}, t.event)
	t.flush()
	switch {
	case errors.Is(err, local.ErrNoUpdates):
		t.say("%s nothing to do: what runs is what this checkout says", t.paint(green, "✓"))
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, errors.New("interrupted, and the update goes on: bin/catalogctl events --follow shows it, bin/catalogctl rollback takes it back")}
	case err != nil:
		return err
	default:
		t.say("%s updated in %s", t.paint(green, "✓"), short(time.Since(begin)))
	}
	after, err := client.Status(ctx)
	if err != nil {
		return err
	}
	o.outputs = outputsFile(project, o.suffix)
	if _, err := os.Stat(o.outputs); err == nil { // else they are where --outputs said
		if err := release.Outputs(after.Outputs).Write(o.outputs); err != nil {
			return err
		}
	}
	return printOutputs(stdout, after.Outputs, o)
}

// checkUpdate refuses flags that say how an environment starts, unless they
// say what is so already.
func (o upOptions) checkUpdate(state local.State, status local.Status) error {
	refused := slices.DeleteFunc(slices.Clone(fixedWhileRunning), func(flag string) bool { return !o.given(flag) })
	if !hasPort("http://"+status.Outputs[contract.OutputAlbDNSName], o.port) && o.given("port") {
		refused = append(refused, "port")
	}
	if !hasPort(state.Console, o.dashboardPort) && o.given("dashboard-port") {
		refused = append(refused, "dashboard-port")
	}
	if len(refused) > 0 {
		return &exitError{exitUsage, fmt.Errorf("the environment %s runs already, and --%s is for its start: stop it first (Ctrl-C there, or bin/catalogctl down), or choose another --suffix", o.suffix, refused[0])}
	}
	if len(o.command) > 0 {
		return fmt.Errorf("the environment %s runs already, and a command behind -- gets one of its own: stop it first, or choose another --suffix", o.suffix)
	}
	return nil
}

// hasPort says whether an address has a port; 0 is any.
func hasPort(address string, port int) bool {
	parsed, err := url.Parse(address)
	return port == 0 || err == nil && parsed.Port() == strconv.Itoa(port)
}
