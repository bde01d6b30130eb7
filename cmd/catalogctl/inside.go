package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/mattn/go-isatty"

	"catalog/contract"
)

// runInside runs the command inside the environment and passes its exit code
// on. The first interrupt reaches the command too, the second kills it: with
// all that it started, unless it shares the terminal, whose Ctrl-C reaches
// everybody by itself.
func runInside(signals interrupts, o upOptions, token string) error {
	outputs, err := filepath.Abs(o.outputs)
	if err != nil {
		return err
	}
	command := exec.Command(o.command[0], o.command[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = append(os.Environ(), contract.EnvOutputs+"="+outputs, contract.EnvAPIWriteToken+"="+oneToken(token), contract.EnvSuffix+"="+o.suffix)
	ownGroup := !isatty.IsTerminal(os.Stdin.Fd())
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: ownGroup}
	if err := command.Start(); err != nil {
		return fmt.Errorf("%s does not start: %w", o.command[0], err)
	}
	target := command.Process.Pid
	if ownGroup {
		target = -target
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err = <-ended:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return &exitError{code: exit.ExitCode()}
		}
		return err
	case <-signals.first.Done():
	}
	// An error says that it has just ended.
	_ = syscall.Kill(target, syscall.SIGINT)
	select {
	case <-ended:
	case <-signals.second.Done():
		_ = syscall.Kill(target, syscall.SIGKILL)
		<-ended
	}
	return &exitError{code: exitInterrupted}
}
