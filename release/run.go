package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// step is one run of a tool.
type step struct {
	what string // what fails, for the message
	path string
	args []string
	env  []string // on top of this process's
	dir  string
}

// stopGrace is how long a tool may take to stop when it is interrupted.
const stopGrace = 5 * time.Second

// run runs a tool and keeps quiet; when it fails, the error holds the last
// lines that it printed. It runs in a process group of its own, so that what
// it started ends with it.
func (s step) run(ctx context.Context) (string, error) {
	command := exec.CommandContext(ctx, s.path, s.args...)
	command.Dir = s.dir
	command.Env = append(os.Environ(), s.env...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	command.WaitDelay = stopGrace
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if ctx.Err() != nil {
		if command.Process != nil {
			// What is left of the group; an error says that nothing is.
			_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		}
		return "", ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%s: %s", s.what, lastLines(stderr.String()+stdout.String()))
	}
	return stdout.String(), err
}

const shownLines = 12

// lastLines keeps what a reader needs of a failed tool's output.
func lastLines(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) > shownLines {
		lines = lines[len(lines)-shownLines:]
	}
	return strings.Join(lines, "\n")
}
