package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"catalog/contract"
)

// Process is a server that is measured.
type Process struct {
	Address string
	command *exec.Cmd
	logged  atomic.Int64
	ended   chan struct{}
}

// Begin starts a server on a free port, and reads its log: what a log costs is
// part of what is measured.
func Begin(command *exec.Cmd) (*Process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Process{command: command, Address: l.Addr().String(), ended: make(chan struct{})}
	_, port, err := net.SplitHostPort(s.Address)
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	command.Env = append(command.Env, contract.EnvPort+"="+port)
	command.Stderr = os.Stderr
	// Of its own group: Ctrl-C ends this program, which ends what it started.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.readLog(output)
		command.Wait()
		close(s.ended)
	}()
	return s, nil
}

func (s *Process) readLog(output io.Reader) {
	for buffer := make([]byte, 1<<16); ; {
		n, err := output.Read(buffer)
		s.logged.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// LogBytes is how much the server has logged.
func (s *Process) LogBytes() int64 { return s.logged.Load() }

// PID is the process's number.
func (s *Process) PID() int { return s.command.Process.Pid }

// startTimeout is how long a server may take to answer.
const startTimeout = time.Minute

// AwaitOK polls a path until it answers 200.
func (s *Process) AwaitOK(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for ctx.Err() == nil {
		if _, status, err := s.Get(path); err == nil && status == 200 {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("%s ended before it answered: what it says is above", s.command.Path)
		case <-time.After(time.Millisecond):
		}
	}
	return fmt.Errorf("%s does not answer %s: %w", s.command.Path, path, ctx.Err())
}

// Get asks once.
func (s *Process) Get(path string) (body []byte, status int, err error) {
	c, err := Dial(s.Address)
	if err != nil {
		return nil, 0, err
	}
	defer c.Close()
	return c.Ask(Request(path))
}

// GetJSON asks once, for a document.
func (s *Process) GetJSON(path string, v any) error {
	body, status, err := s.Get(path)
	if err == nil && status != 200 {
		err = fmt.Errorf("GET %s: %d: %.300s", path, status, body)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}

// endTimeout is how long a server may take to end: gunicorn's workers finish
// what they do.
const endTimeout = 5 * time.Second

// Stop ends the server.
func (s *Process) Stop() {
	s.command.Process.Signal(syscall.SIGTERM) // SIGINT is ignored in the background of a shell
	select {
	case <-s.ended:
	case <-time.After(endTimeout):
		syscall.Kill(-s.PID(), syscall.SIGKILL)
		<-s.ended
	}
}

// Idle is the memory in MiB of a server that is left alone for a second.
func (s *Process) Idle() (float64, error) {
	time.Sleep(quiet)
	return Memory(s.PID())
}
