package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"catalog/contract"
	"catalog/local"
	"catalog/release"
)

func downCommand(suffix *string) *cobra.Command {
	var keepData bool
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Delete an environment on this machine, with its data, and prove that nothing is left",
		Long: `Deletes every resource of the environment in reverse order, as CloudFormation does, then its database, secrets
and logs. At the end it looks whether a process, a port or a file is left. An environment that does not run any more
loses its data. Ctrl-C in the environment's own terminal stops it too, and keeps the data.`,
		Example: `  catalogctl down
  catalogctl down --suffix mine --keep-data`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return down(cmd.Context(), *suffix, keepData, newTalk(os.Stderr))
		},
	}
	cmd.Flags().BoolVar(&keepData, "keep-data", false, "keep the database, the secrets and the logs for the next time")
	return cmd
}

// dropOutputs removes the outputs file that an environment left which was
// killed: it names an address where nobody answers.
func dropOutputs(project release.Project, suffix string) error {
	shared := project.Path(contract.OutputsFile)
	outputs, err := release.ReadOutputs(shared)
	if err != nil || outputs[contract.OutputServiceName] != "service-catalog-"+suffix {
		return nil // there is none, or it is another environment's
	}
	host, _, _ := net.SplitHostPort(outputs[contract.OutputAlbDNSName])
	if host != "127.0.0.1" {
		return nil // an environment on AWS has the same name
	}
	return os.Remove(shared)
}

// downTimeout is more than an environment gives itself to stop.
const downTimeout = 90 * time.Second

func down(ctx context.Context, suffix string, keepData bool, t *talk) error {
	project, err := here()
	if err != nil {
		return err
	}
	dir := project.StateDir(suffix)
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("there is no environment %s on this machine: nothing is to be deleted", suffix)
	}
	begin := time.Now()
	var left leftovers
	if local.IsRunning(dir) {
		if left, err = stopRunning(ctx, dir, suffix, t); err != nil {
			return err
		}
	}
	if !keepData {
		if err := local.Discard(dir); err != nil {
			return err
		}
		left.folder = dir
	}
	if err := dropOutputs(project, suffix); err != nil {
		return err
	}
	if err := left.check(); err != nil {
		return err
	}
	t.say("%s %s deleted in %s, nothing is left: %s", t.paint(green, "✓"), suffix, short(time.Since(begin)), left)
	return nil
}

// stopRunning asks an environment to end, shows what it does, and waits.
func stopRunning(ctx context.Context, dir, suffix string, t *talk) (leftovers, error) {
	client, err := local.Connect(dir)
	if err != nil {
		return leftovers{}, fmt.Errorf("the environment %s starts or stops at the moment: try again in some seconds", suffix)
	}
	defer client.Close()
	status, err := client.Status(ctx)
	if err != nil {
		return leftovers{}, err
	}
	var left leftovers
	left.add(status)
	events := local.NewEventReader(dir)
	events.Skip()
	if err := client.Down(ctx); err != nil {
		return left, err
	}
	for deadline := time.Now().Add(downTimeout); ; {
		running := local.IsRunning(dir)
		news, err := events.Read()
		if err != nil {
			return left, err
		}
		for _, event := range news {
			t.event(event)
		}
		if status, err := client.Status(ctx); err == nil { // tasks may have come since
			left.add(status)
		}
		if !running {
			return left, nil
		}
		if time.Now().After(deadline) {
			return left, fmt.Errorf("the environment %s (process %d) has not ended after %s: end that process with kill -9 %d and run catalogctl down again", suffix, client.State.PID, downTimeout, client.State.PID)
		}
		select {
		case <-ctx.Done():
			return left, &exitError{exitInterrupted, fmt.Errorf("interrupted, and the environment %s goes on ending: run catalogctl down again to delete its data", suffix)}
		case <-time.After(followPause):
		}
	}
}

// leftovers are what an environment had and must not have any more.
type leftovers struct {
	processes map[int]bool
	addresses map[string]bool
	folder    string
}

// add takes what the environment has at a moment. Its own process is known by
// the lock, which it gives up at the end.
func (l *leftovers) add(status local.Status) {
	if l.processes == nil {
		l.processes, l.addresses = map[int]bool{}, map[string]bool{}
	}
	for _, pid := range status.Processes {
		l.processes[pid] = true
	}
	for _, address := range status.Addresses {
		l.addresses[address] = true
	}
}

// check looks at each of them.
func (l leftovers) check() error {
	var errs []error
	for pid := range l.processes {
		if !goneWithin(time.Second, func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }) {
			errs = append(errs, fmt.Errorf("process %d of the environment runs still: end it with kill %d", pid, pid))
		}
	}
	for address := range l.addresses {
		if !goneWithin(time.Second, func() bool { return isClosed(address) }) {
			errs = append(errs, fmt.Errorf("something listens on %s still, which was the environment's: see who with ss -ltnp", address))
		}
	}
	if _, err := os.Stat(l.folder); l.folder != "" && err == nil {
		errs = append(errs, fmt.Errorf("the folder %s is left: remove it", l.folder))
	}
	return errors.Join(errs...)
}

func goneWithin(limit time.Duration, gone func() bool) bool {
	for deadline := time.Now().Add(limit); !gone(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func isClosed(address string) bool {
	connection, err := net.Dial("tcp", address)
	if err == nil {
		connection.Close()
	}
	return err != nil
}

func (l leftovers) String() string {
	text := "it did not run any more"
	if l.addresses != nil {
		text = fmt.Sprintf("%d processes and %d ports were looked for", len(l.processes), len(l.addresses))
	}
	if l.folder != "" {
		text += ", and the folder with the data is gone"
	}
	return text
}
