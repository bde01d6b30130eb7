package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"catalog/local"
)

func rollbackCommand(suffix *string) *cobra.Command {
	return &cobra.Command{
		Use:   "rollback",
		Short: "Take the deployment under way back, or release what ran before",
		Long: `While a deployment is under way, blue gets its traffic back and green goes. Otherwise the release before this one is
deployed again, blue/green. One step: a second roll-back goes forward again.`,
		Example: `  catalogctl rollback
  catalogctl rollback --suffix mine`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return rollback(cmd.Context(), *suffix, newTalk(os.Stderr))
		},
	}
}

func rollback(ctx context.Context, suffix string, t *talk) error {
	client, err := connect(suffix)
	if err != nil {
		return err
	}
	defer client.Close()
	begin := time.Now()
	err = client.Rollback(ctx, t.event)
	t.flush()
	switch {
	case errors.Is(err, local.ErrNoUpdates):
		return errors.New("the release before is the same as this one: there is nothing to go back to")
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, errors.New("interrupted, and the roll-back goes on: bin/catalogctl events --follow shows it")}
	case err != nil:
		return err
	}
	t.say("%s rolled back in %s", t.paint(green, "✓"), short(time.Since(begin)))
	return nil
}

// connect finds a running environment.
func connect(suffix string) (*local.Client, error) {
	project, err := here()
	if err != nil {
		return nil, err
	}
	client, err := local.Connect(project.StateDir(suffix))
	if err != nil {
		return nil, fmt.Errorf("no environment %s runs on this machine: start it with make run SUFFIX=%s, or bin/catalogctl up --suffix %s", suffix, suffix, suffix)
	}
	return client, nil
}

// environmentDir is the state folder of an environment that runs or ran.
func environmentDir(suffix string) (string, error) {
	project, err := here()
	if err != nil {
		return "", err
	}
	dir := project.StateDir(suffix)
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("there is no environment %s on this machine: start it with make run SUFFIX=%s, or bin/catalogctl up --suffix %s", suffix, suffix, suffix)
	}
	return dir, nil
}
