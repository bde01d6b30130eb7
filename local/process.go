package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// program is a process to start.
type program struct {
	path   string
	args   []string
	env    []string
	dir    string
	output io.Writer // of stdout and stderr
	// user is another user to run as, nil for this one.
	user *user
	// orphanSignal ends the process when this one is killed (Linux).
	orphanSignal syscall.Signal
}

// user is whom a process runs as.
type user struct {
	uid, gid uint32
	// passFolders lets it pass through folders that it may not enter.
	passFolders bool
}

// process is a program that was started.
type process struct {
	command *exec.Cmd
	done    chan struct{}
	state   *os.ProcessState // set when done is closed
}

// killDelay is how long output may still come from children of a process
// that has ended.
const killDelay = 2 * time.Second

// startProcess starts a program in a process group of its own, so that Ctrl-C
// on the terminal reaches this process alone, which stops things in order.
func startProcess(p program) (*process, error) {
	command := exec.Command(p.path, p.args...)
	command.Env, command.Dir = p.env, p.dir
	command.Stdout, command.Stderr = p.output, p.output
	command.WaitDelay = killDelay
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(command.SysProcAttr, p.orphanSignal)
	if p.user != nil {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: p.user.uid, Gid: p.user.gid, NoSetGroups: false}
	}
	start := command.Start
	if p.user != nil && p.user.passFolders {
		start = func() error { return startPassingFolders(command) }
	}
	if err := start(); err != nil {
		return nil, fmt.Errorf("%s does not start: %w", p.path, err)
	}
	running := &process{command: command, done: make(chan struct{})}
	go func() {
		defer close(running.done)
		command.Wait() // what it says stands in ProcessState
		running.state = command.ProcessState
	}()
	return running, nil
}

func (p *process) pid() int { return p.command.Process.Pid }

// exitCode is the process's own, or 128 and the signal that ended it, as
// shells and ECS count.
func (p *process) exitCode() int {
	<-p.done
	if status, ok := p.state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return p.state.ExitCode()
}

// signal reaches the process and all that it started.
func (p *process) signal(s syscall.Signal) error {
	if err := syscall.Kill(-p.pid(), s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// end asks the process to stop and kills it when it has not after the timeout
// or when ctx ends.
func (p *process) end(ctx context.Context, s syscall.Signal, timeout time.Duration) {
	select {
	case <-p.done:
		p.signal(syscall.SIGKILL) // what it left behind in its group
		return
	default:
	}
	p.signal(s)
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
	case <-ctx.Done():
	}
	p.signal(syscall.SIGKILL)
	<-p.done
}
