package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"catalog/local"
)

func spotCommand(suffix *string) *cobra.Command {
	spot := &cobra.Command{
		Use:     "spot",
		Short:   "Rehearse what Spot does",
		Example: "  catalogctl spot reclaim",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	spot.AddCommand(reclaimCommand(suffix))
	return spot
}

func reclaimCommand(suffix *string) *cobra.Command {
	var storm, asJSON bool
	cmd := &cobra.Command{
		Use:   "reclaim [task]",
		Short: "Take a Spot task back, as AWS does when it needs the capacity",
		Long: `Gives a task on FARGATE_SPOT the two-minute warning: it leaves its target group, gets SIGTERM, and is killed when its
stopTimeout is over; the service starts another one. Without a task any one is taken. The task's id may be cut short.`,
		Example: `  catalogctl spot reclaim
  catalogctl spot reclaim 3f2a91c0
  catalogctl spot reclaim --storm      all of them at once`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &exitError{exitUsage, fmt.Errorf("%q is one task too many: name one, or take all with --storm", args[1])}
			}
			if len(args) == 1 && args[0] == "" {
				return &exitError{exitUsage, errors.New("the task's id is empty: see catalogctl status, or leave it out for any one")}
			}
			if len(args) == 1 && storm {
				return &exitError{exitUsage, fmt.Errorf("--storm takes every Spot task: leave %s out, or --storm", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			request := local.ReclaimRequest{Storm: storm}
			if len(args) == 1 {
				request.Task = args[0]
			}
			client, err := connect(*suffix)
			if err != nil {
				return err
			}
			defer client.Close()
			answer, err := client.Reclaim(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(os.Stdout).Encode(answer)
			}
			for _, task := range answer.Tasks {
				fmt.Println(task)
			}
			t := newTalk(os.Stderr)
			t.say("warned: bin/catalogctl events --follow shows how they are replaced")
			return nil
		},
	}
	cmd.Flags().BoolVar(&storm, "storm", false, "take every task on Spot")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the tasks' ids as JSON")
	return cmd
}
