// Package process starts programs so that they end when they are told to, and
// when this program dies without telling them.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Program is what to start.
type Program struct {
	Path string
	Args []string
	// Env is the whole environment, as NAME=value; nothing is inherited.
	Env []string
	Dir string
	// Output takes stdout and stderr.
	Output io.Writer
	// User is another user to run as, nil for this one.
	User *User
	// OrphanSignal ends the process when this one is killed (Linux alone).
	OrphanSignal syscall.Signal
}

// User is whom a process runs as.
type User struct {
	UID, GID uint32
	// PassFolders lets it pass through folders that it may not enter.
	PassFolders bool
}

// Process is a program that was started.
type Process struct {
	// Done is closed when the process has ended.
	Done    <-chan struct{}
	command *exec.Cmd
	state   *os.ProcessState // set when Done is closed

	mu   sync.Mutex
	gone bool // the group's number may be another's from now on
}

// KillDelay is how long output may still come from children of a process
// that has ended.
const KillDelay = 2 * time.Second

// Start starts a program in a process group of its own, so that Ctrl-C on the
// terminal reaches this process alone, which stops things in order.
func Start(p Program) (*Process, error) {
	command := exec.Command(p.Path, p.Args...)
	command.Env, command.Dir = p.Env, p.Dir
	command.Stdout, command.Stderr = p.Output, p.Output
	command.WaitDelay = KillDelay
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(command.SysProcAttr, p.OrphanSignal)
	start := command.Start
	if p.User != nil {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: p.User.UID, Gid: p.User.GID}
		if p.User.PassFolders {
			start = func() error { return startPassingFolders(command) }
		}
	}
	if err := start(); err != nil {
		return nil, fmt.Errorf("%s does not start: %w", p.Path, err)
	}
	done := make(chan struct{})
	running := &Process{command: command, Done: done}
	go func() {
		defer close(done)
		running.wait()
	}()
	return running, nil
}

// wait waits for the end and ends what the process left behind in its group,
// as a container ends with its first process. The group is ended before the
// process is reaped where the system allows it: until then its number is ours.
func (p *Process) wait() {
	unreaped := awaitExit(p.PID())
	if !unreaped {
		_ = p.command.Wait()
	}
	p.mu.Lock()
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL) // an error says that nothing is left
	p.gone = true
	p.mu.Unlock()
	if unreaped {
		_ = p.command.Wait() // what it says of the exit stands in the state
	}
	p.state = p.command.ProcessState
}

// PID is the process's number, and its group's.
func (p *Process) PID() int { return p.command.Process.Pid }

// HasEnded says whether the process has ended.
func (p *Process) HasEnded() bool {
	select {
	case <-p.Done:
		return true
	default:
		return false
	}
}

// ExitCode waits for the end and answers the process's own code, or 128 and
// the signal that ended it, as shells and ECS count.
func (p *Process) ExitCode() int {
	<-p.Done
	if status, ok := p.state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return p.state.ExitCode()
}

// Signal reaches the process and all that it started; a process that has
// ended is no error.
func (p *Process) Signal(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return nil
	}
	if err := syscall.Kill(-p.PID(), s); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// End asks the process to stop and kills it, and all that it started, when it
// has not after the timeout or when ctx ends.
func (p *Process) End(ctx context.Context, s syscall.Signal, timeout time.Duration) error {
	asked := p.Signal(s)
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.Done:
	case <-timer.C:
	case <-ctx.Done():
	}
	killed := p.Signal(syscall.SIGKILL)
	<-p.Done
	return errors.Join(asked, killed)
}
