package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"catalog/bench/measure"
)

// tool is catalogctl in an empty folder without a project, a home, or AWS's
// variables: it can start, deploy and delete nothing.
type tool struct{ program, dir string }

// command is one of its commands with its flags, as it lists them itself.
type command struct {
	words []string
	flags []string
}

// commandLines calls every command with arguments that nobody should give.
func (r *run) commandLines(ctx context.Context) error {
	t := tool{filepath.Join(r.dir, "catalogctl"), filepath.Join(r.dir, "empty")}
	if err := errors.Join(measure.Build(ctx, ".", t.program, "./cmd/catalogctl"), os.Mkdir(t.dir, 0o700)); err != nil {
		return err
	}
	commands, err := t.commands(ctx, nil)
	if err != nil {
		return err
	}
	if len(commands) < 12 {
		return fmt.Errorf("catalogctl lists only %d commands", len(commands))
	}
	a := r.area(fmt.Sprintf("flags of catalogctl, %d commands", len(commands)))
	calls := make(chan []string)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for args := range calls {
				t.call(ctx, a, args)
			}
		})
	}
	c := r.chance(3)
	for _, one := range commands {
		for range 30 {
			if ctx.Err() == nil {
				calls <- badArguments(c, one)
			}
		}
	}
	close(calls)
	all.Wait()
	return nil
}

// commands lists what is below these words, by the completion for shells.
func (t tool) commands(ctx context.Context, words []string) (all []command, err error) {
	names, err := t.complete(ctx, words, "")
	if err != nil {
		return nil, err
	}
	flags, err := t.complete(ctx, words, "--")
	if err != nil {
		return nil, err
	}
	all = append(all, command{words, flags})
	for _, name := range names {
		if strings.HasPrefix(name, "-") || name == "help" || len(words) > 1 {
			continue
		}
		below, err := t.commands(ctx, append(slices.Clone(words), name))
		if err != nil {
			return nil, err
		}
		all = append(all, below...)
	}
	return all, nil
}

func (t tool) complete(ctx context.Context, words []string, begin string) ([]string, error) {
	c := t.prepare(ctx, slices.Concat([]string{"__complete"}, words, []string{begin}))
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("the completion of %v: %w", words, err)
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if name != "" && !strings.HasPrefix(name, ":") {
			names = append(names, name)
		}
	}
	return names, nil
}

func (t tool) prepare(ctx context.Context, args []string) *exec.Cmd {
	c := exec.CommandContext(ctx, t.program, args...)
	c.Dir = t.dir
	c.Env = []string{"HOME=" + t.dir, "PATH=" + t.dir, "TMPDIR=" + t.dir, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull}
	return c
}

// badArguments are some flags with some values, and some words.
func badArguments(c *rand.Rand, of command) []string {
	args := slices.Clone(of.words)
	for range 1 + c.IntN(4) {
		value := withoutNUL(pick(c, hostile))
		if c.IntN(4) == 0 {
			value = withoutNUL(string(scrambled(c, []byte(pick(c, []string{"30s", "dev", "0", "8080", "true", "ap-southeast-2", "prod"})))))
		}
		flag := "--suffix"
		if len(of.flags) > 0 {
			flag = pick(c, of.flags)
		}
		switch c.IntN(6) {
		case 0:
			args = append(args, value)
		case 1:
			args = append(args, flag)
		case 2:
			args = append(args, flag, value)
		case 3:
			args = append(args, withoutNUL(string(scrambled(c, []byte(flag)))))
		default:
			args = append(args, flag+"="+value)
		}
	}
	return args
}

// withoutNUL: no system passes one on in an argument.
func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// call runs it once, and holds it to its exit codes.
func (t tool) call(ctx context.Context, a *area, args []string) {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	c := t.prepare(ctx, args)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	began := time.Now()
	err := c.Run()
	took, input := time.Since(began), fmt.Appendf(nil, "%q", args)
	if ctx.Err() != nil {
		a.saw("late", took)
		a.found(other, "it does not end within "+deadline.String(), input)
		return
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		a.saw("not started", took)
		return
	}
	code := c.ProcessState.ExitCode()
	a.saw(fmt.Sprint(code), took)
	switch {
	case traces.isIn(said.Bytes()):
		a.found(crash, fmt.Sprintf("it says %.600s", said.Bytes()), input)
	case !slices.Contains([]int{0, 1, 2, 130}, code):
		a.found(crash, fmt.Sprintf("it ends with exit code %d: %.300s", code, said.Bytes()), input)
	}
	if left, err := os.ReadDir(t.dir); err != nil || len(left) > 0 {
		a.found(other, fmt.Sprintf("it leaves %v in its folder", left), input)
	}
}
