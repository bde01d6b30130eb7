package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"catalog/release/cloud"
)

type destroyOptions struct {
	awsOptions
	yes    bool
	asJSON bool
}

func destroyCommand(suffix *string) *cobra.Command {
	var o destroyOptions
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Delete an environment on AWS with its data, and look for what is left",
		Long: `Deletes the catalog's stack and then the registry's, with the database, its backups and every image. Then it looks
through the account, by tags and by names, for whatever is left. Two things are expected: the key, for its 7 days of pending
deletion, and the two secrets, which were there before. Anything else is named, and the exit code is 1.`,
		Example: `  catalogctl destroy                 asks for the suffix
  catalogctl destroy --suffix shop --yes --json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.suffix = *suffix
			return destroy(cmd.Context(), o, os.Stdin, os.Stdout, newTalk(os.Stderr))
		},
	}
	o.add(cmd)
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask for the suffix")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print what is left as JSON")
	return cmd
}

func destroy(ctx context.Context, o destroyOptions, stdin *os.File, stdout io.Writer, t *talk) error {
	if !o.yes && !isTerminal(stdin) {
		return &exitError{exitUsage, errors.New("destroy asks for the suffix before it deletes a database, and nobody can answer here: give --yes")}
	}
	project, account, err := o.reach(ctx)
	if err != nil {
		return interruptedDestroy(o, err)
	}
	begin := time.Now()
	var there []cloud.Stack
	for _, name := range slices.Backward(stacksOf(o.suffix)) {
		stack, err := account.Stack(ctx, name)
		if err != nil {
			return interruptedDestroy(o, err)
		}
		if stack.Status != "" {
			there = append(there, stack)
		}
	}
	if len(there) == 0 {
		t.say("there is no environment %s in the account %s, %s: nothing is to be deleted", o.suffix, account.ID, account.Region)
		return o.sweep(ctx, account, stdout, t)
	}
	if err := o.ask(stdin, account, there, t); err != nil {
		return err
	}
	if err := project.CheckTools(); err != nil {
		return err
	}
	synthesized, err := project.Synthesize(ctx, deployOptions{awsOptions: o.awsOptions}.cdkContext(), t.note)
	if err != nil {
		return interruptedDestroy(o, err)
	}
	cdk := cdkOf(project, account)
	for _, stack := range there {
		change := stackChange{account: account, options: o.awsOptions, stack: stack.Name, again: o.self("destroy"), t: t}
		err := change.run(ctx, stack.ID, func(ctx context.Context) error { return cdk.Destroy(ctx, synthesized.Dir, stack.Name) })
		if err != nil {
			return interruptedDestroy(o, err)
		}
	}
	t.say("%s %s deleted in %s", t.paint(green, "✓"), o.suffix, short(time.Since(begin)))
	return o.sweep(ctx, account, stdout, t)
}

// interruptedDestroy says where an interruption outside of a stack's deletion
// leaves things.
func interruptedDestroy(o destroyOptions, err error) error {
	if errors.Is(err, context.Canceled) && !isExit(err) {
		return &exitError{exitInterrupted, fmt.Errorf("interrupted, and no stack was under way: %s goes on from here", o.self("destroy"))}
	}
	return err
}

// ask has the suffix typed: the name of what is about to go.
func (o destroyOptions) ask(stdin *os.File, account *cloud.Account, there []cloud.Stack, t *talk) error {
	if o.yes {
		return nil
	}
	var names []string
	for _, stack := range there {
		names = append(names, stack.Name)
	}
	answer, err := askFor(stdin, t, fmt.Sprintf("delete %s in the account %s, %s, with the database and its backups? Type the suffix %s: ",
		strings.Join(names, " and "), account.ID, account.Region, o.suffix))
	if err != nil || answer != o.suffix {
		return fmt.Errorf("nothing was deleted, since the answer was not %s: %s asks again", o.suffix, o.self("destroy"))
	}
	return nil
}

// sweep looks for what is left, and fails when something is that must not be.
func (o destroyOptions) sweep(ctx context.Context, account *cloud.Account, stdout io.Writer, t *talk) error {
	t.note("looking through the account for what is left")
	_, pause, patience := pauses(account)
	left, err := account.SweepUntilClean(ctx, o.suffix, patience, pause)
	if ctx.Err() != nil {
		return &exitError{exitInterrupted, fmt.Errorf("interrupted, and the stacks are gone: %s looks again for what is left", o.self("destroy"))}
	}
	if o.asJSON {
		if err := json.NewEncoder(stdout).Encode(append([]cloud.Leftover{}, left...)); err != nil {
			return err
		}
	} else {
		printLeft(stdout, left)
	}
	if err != nil {
		return err
	}
	unexpected := cloud.Unexpected(left)
	if len(unexpected) == 0 {
		t.say("%s nothing is left that should not be", t.paint(green, "✓"))
		return nil
	}
	var names []string
	for _, one := range unexpected {
		names = append(names, one.String())
	}
	return fmt.Errorf("%d things are left (%s): delete them in the console, and look again with %s", len(unexpected), strings.Join(names, ", "), o.self("destroy --yes"))
}

func printLeft(w io.Writer, left []cloud.Leftover) {
	var rows [][]string
	for _, one := range left {
		why := one.Expected
		if why == "" {
			why = "SHOULD NOT BE THERE"
		}
		rows = append(rows, []string{one.Kind, one.Name, why})
	}
	table(w, rows)
}
