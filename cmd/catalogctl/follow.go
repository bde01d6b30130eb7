package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// following are the options of a command that shows what grows.
type following struct {
	suffix string
	tail   int
	follow bool
	asJSON bool
}

// flags adds them to a command; what is shown are events or lines.
func (f *following) flags(cmd *cobra.Command, what string, tail int) {
	flags := cmd.Flags()
	flags.IntVar(&f.tail, "tail", tail, "how many of the last "+what+" to begin with; -1 for all")
	flags.BoolVarP(&f.follow, "follow", "f", false, "go on with new "+what+" until Ctrl-C")
	flags.BoolVar(&f.asJSON, "json", false, "print "+what+" as JSON objects, one a line")
}

// followPause is how often what grows is looked at.
const followPause = 200 * time.Millisecond

// show prints the last of what an environment has kept and, where it is asked
// to go on, what is new until ctx ends: Ctrl-C is how following ends. open
// answers the reader of a state folder; each read answers what is new.
func show[T any](ctx context.Context, f following, open func(dir string) (read func() ([]T, error)), print func(T) error) error {
	if f.tail < -1 {
		return &exitError{exitUsage, fmt.Errorf("--tail is %d: it must be 0 or more, or -1 for all", f.tail)}
	}
	dir, err := environmentDir(f.suffix)
	if err != nil {
		return err
	}
	read := open(dir)
	found, err := read()
	if err != nil {
		return err
	}
	if f.tail >= 0 {
		found = found[max(0, len(found)-f.tail):]
	}
	for {
		for _, one := range found {
			if err := print(one); err != nil {
				return err
			}
		}
		if !f.follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followPause):
		}
		if found, err = read(); err != nil {
			return err
		}
	}
}
