package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"catalog/contract"
	"catalog/release/cloud"
)

// stackDiff is what would change in a stack.
type stackDiff struct {
	Stack   string         `json:"stack"`
	Changes []cloud.Change `json:"changes"`
}

// showDiff asks CloudFormation what a deployment would do: it makes a change
// set of each stack, and takes it away again. Templates go to the bootstrap's
// bucket for it; nothing else is touched.
func (d *deploying) showDiff(ctx context.Context, stdout io.Writer) error {
	own, err := d.buildImage(ctx)
	if err != nil {
		return err
	}
	serves, migrates := own.Digest, ""
	if d.workload == "flask" { // any digest shows the same change
		migrates = own.Digest
	}
	given := map[string]map[string]string{contract.CatalogStackName(d.suffix): d.parameters(serves, migrates)}
	var all []stackDiff
	for _, stack := range stacksOf(d.suffix) {
		changes, err := d.changesOf(ctx, stack, given[stack])
		if err != nil {
			return err
		}
		all = append(all, stackDiff{stack, changes})
	}
	if d.asJSON {
		return json.NewEncoder(stdout).Encode(all)
	}
	for _, one := range all {
		one.print(stdout)
	}
	d.t.say("nothing was changed: %s does it", d.self())
	return nil
}

func (d *deploying) changesOf(ctx context.Context, stack string, parameters map[string]string) (changes []cloud.Change, err error) {
	name := fmt.Sprintf("catalogctl-diff-%d", time.Now().Unix())
	d.t.note("asking CloudFormation what would change in " + stack)
	defer func() {
		last, cancel := lastWord(ctx)
		defer cancel()
		err = errors.Join(err, d.account.DropChangeSet(last, stack, name))
	}()
	err = d.cdk.Prepare(ctx, cloud.Deployment{Assembly: d.assembly.Dir, Stack: stack, Parameters: parameters}, name)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("what would change in %s cannot be said: %w: mend it, and run the same command again", stack, err)
	}
	return d.account.ReadChangeSet(ctx, stack, name)
}

// print shows what costs first.
func (d stackDiff) print(w io.Writer) {
	if len(d.Changes) == 0 {
		fmt.Fprintf(w, "%s: nothing changes\n", d.Stack)
		return
	}
	fmt.Fprintf(w, "%s: %d changes\n", d.Stack, len(d.Changes))
	costly, others := cloud.Costly(d.Changes)
	if len(costly) > 0 {
		fmt.Fprintln(w, "\nwhat costs while it stands there (docs/deploy.md has the prices):")
		rows := [][]string{{"ACTION", "TYPE", "RESOURCE", "REPLACED", "SIZE"}}
		for _, c := range costly {
			rows = append(rows, []string{c.Action, c.Type, c.ID, c.Replacement, c.Cost})
		}
		table(w, rows)
	}
	if len(others) > 0 {
		fmt.Fprintln(w, "\nthe rest:")
		rows := [][]string{{"ACTION", "TYPE", "RESOURCE", "REPLACED"}}
		for _, c := range others {
			rows = append(rows, []string{c.Action, c.Type, c.ID, c.Replacement})
		}
		table(w, rows)
	}
	fmt.Fprintln(w)
}
