package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"catalog/release"
	"catalog/release/cloud"
)

// awsStatus is what status --aws --json prints.
type awsStatus struct {
	Suffix  string          `json:"suffix"`
	Account string          `json:"account"`
	Region  string          `json:"region"`
	Stacks  []cloud.Stack   `json:"stacks"`
	Service cloud.Service   `json:"service"`
	Targets []cloud.Target  `json:"targets"`
	Alarms  []cloud.Alarm   `json:"alarms"`
	Outputs release.Outputs `json:"outputs"`
}

// statusOnAWS shows the environment on AWS.
func statusOnAWS(ctx context.Context, o awsOptions, asJSON bool, stdout io.Writer) error {
	_, account, err := o.reach(ctx)
	if err != nil {
		return err
	}
	s, err := readAWSStatus(ctx, account, o.suffix)
	if err != nil {
		return err
	}
	if len(s.Stacks) == 0 {
		return fmt.Errorf("there is no environment %s in the account %s, %s: make it with %s", o.suffix, account.ID, account.Region, o.self("deploy"))
	}
	if asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(s)
	}
	s.print(stdout)
	return nil
}

func readAWSStatus(ctx context.Context, account *cloud.Account, suffix string) (s awsStatus, err error) {
	s = awsStatus{Suffix: suffix, Account: account.ID, Region: account.Region}
	for _, name := range stacksOf(suffix) {
		stack, err := account.Stack(ctx, name)
		if err != nil {
			return s, err
		}
		if stack.Status != "" {
			s.Stacks = append(s.Stacks, stack)
		}
	}
	if len(s.Stacks) == 0 {
		return s, nil
	}
	if s.Service, err = account.Service(ctx, suffix); err != nil {
		return s, err
	}
	if s.Targets, err = account.Targets(ctx, suffix); err != nil {
		return s, err
	}
	if s.Alarms, err = account.Alarms(ctx, suffix); err != nil {
		return s, err
	}
	s.Outputs, err = readOutputs(ctx, account, suffix)
	return s, err
}

func (s awsStatus) print(w io.Writer) {
	for _, stack := range s.Stacks {
		fmt.Fprintf(w, "%s: %s", stack.Name, stack.Status)
		if stack.Reason != "" {
			fmt.Fprintf(w, ", %s", stack.Reason)
		}
		fmt.Fprintln(w)
	}
	if s.Service.Status == "" {
		fmt.Fprintf(w, "%s: there is no service yet\n", s.Service.Name)
	} else {
		s.printService(w)
	}
	counts := map[string]int{}
	for _, a := range s.Alarms {
		if counts[a.State]++; a.State == "ALARM" {
			fmt.Fprintf(w, "ALARM %s: %s\n", a.Name, a.Reason)
		}
	}
	fmt.Fprintf(w, "alarms: %d OK, %d in ALARM, %d without enough data\n\n", counts["OK"], counts["ALARM"], counts["INSUFFICIENT_DATA"])
	_ = printFlat(w, s.Outputs, false) // a table does not fail
}

func (s awsStatus) printService(w io.Writer) {
	fmt.Fprintf(w, "%s: %d of %d tasks run, %d start\n", s.Service.Name, s.Service.Running, s.Service.Desired, s.Service.Pending)
	groups := map[string]cloud.Target{}
	for _, target := range s.Targets {
		groups[target.Address] = target
	}
	rows := [][]string{{"TASK", "REVISION", "STATUS", "TARGET", "GROUP", "PROVIDER", "ZONE", "IMAGE", "AGE"}}
	for _, t := range s.Service.Tasks {
		age := ""
		if !t.Started.IsZero() {
			age = time.Since(t.Started).Round(time.Second).String()
		}
		target := groups[t.Address]
		rows = append(rows, []string{
			t.ID[:min(8, len(t.ID))], t.Revision, t.Status, target.Health, target.Group, t.Provider, t.Zone, t.Digest[:min(19, len(t.Digest))], age,
		})
	}
	table(w, rows)
	if len(s.Service.Deployments) == 0 {
		return
	}
	d := s.Service.Deployments[0]
	fmt.Fprintf(w, "deployment %s: %s", d.ID, d.Status)
	if d.Finished.IsZero() && d.Stage != "" {
		fmt.Fprintf(w, ", %s", d.Stage)
	}
	if d.Reason != "" {
		fmt.Fprintf(w, ": %s", d.Reason)
	}
	fmt.Fprintln(w)
}
