package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// FuzzI7_Arguments holds that arguments are taken or refused in one sentence.
// No command is run: each is replaced by one that does nothing.
func FuzzI7_Arguments(f *testing.F) {
	for _, args := range []string{
		"up\x00--port\x000\x00--\x00true", "status\x00--json\x00--suffix=a", "load\x00--rps=1e309\x00--for\x00-1s", "deploy\x00--profile\x00", "spot\x00reclaim\x00--storm=maybe",
		"--suffix\x00'", "logs\x00--tail\x0099999999999999999999", "secrets\x00init\x00-", "no-such\x00--help", "destroy\x00-yy\x00--", "\x00\x00",
	} {
		f.Add(args)
	}
	f.Fuzz(func(t *testing.T, line string) {
		root := newCommand(interrupts{context.Background(), context.Background()})
		idle(root)
		root.SetArgs(strings.Split(line, "\x00"))
		root.SetOut(io.Discard)
		root.SetErr(io.Discard)
		if err := root.ExecuteContext(context.Background()); err != nil && err.Error() == "" {
			t.Errorf("%q is refused without a word", line)
		}
	})
}

// idle takes away what the commands do, and leaves how they read.
func idle(cmd *cobra.Command) {
	if cmd.RunE != nil || cmd.Run != nil {
		cmd.RunE, cmd.Run = func(*cobra.Command, []string) error { return nil }, nil
	}
	for _, below := range cmd.Commands() {
		idle(below)
	}
}
