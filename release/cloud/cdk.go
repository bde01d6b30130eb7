package cloud

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// CDK is the pinned command line of the AWS CDK. It makes every change of a
// stack: what it does about roles, assets and change sets is not done again
// here.
type CDK struct {
	Node string   // the program that runs it
	CLI  string   // its main file
	Dir  string   // where it runs
	Env  []string // on top of this process's: region and endpoint
}

// Ways to deploy (AWS CDK: "cdk deploy", --method).
const (
	MethodChangeSet = "change-set"
	MethodDirect    = "direct"
	methodPrepare   = "prepare-change-set"
)

// Deployment is one stack of an assembly, and what it is given.
type Deployment struct {
	Assembly   string // a folder
	Stack      string
	Parameters map[string]string
	Method     string
}

func (d Deployment) arguments() []string {
	args := []string{
		"deploy", d.Stack, "--app", d.Assembly, "--exclusively", "--require-approval", "never",
		"--method", d.Method, "--progress", "events",
	}
	for _, name := range slices.Sorted(maps.Keys(d.Parameters)) {
		args = append(args, "--parameters", d.Stack+":"+name+"="+d.Parameters[name])
	}
	return args
}

// Deploy makes the stack what its template says. It returns when
// CloudFormation has ended, or ctx: what CloudFormation was told goes on then.
func (c CDK) Deploy(ctx context.Context, d Deployment) error {
	return c.run(ctx, d.arguments())
}

// Prepare makes a change set and leaves it for somebody to look at.
func (c CDK) Prepare(ctx context.Context, d Deployment, changeSet string) error {
	d.Method = methodPrepare
	return c.run(ctx, append(d.arguments(), "--change-set-name", changeSet))
}

// Destroy deletes a stack.
func (c CDK) Destroy(ctx context.Context, assembly, stack string) error {
	return c.run(ctx, []string{"destroy", stack, "--app", assembly, "--exclusively", "--force"})
}

// stopGrace is how long it may take to stop when it is interrupted.
const stopGrace = 5 * time.Second

// run runs it in a process group of its own: a Ctrl-C is for us, who tell it.
func (c CDK) run(ctx context.Context, args []string) error {
	command := exec.CommandContext(ctx, c.Node, append([]string{c.CLI}, args...)...)
	command.Dir = c.Dir
	command.Env = append(os.Environ(), "CDK_DISABLE_VERSION_CHECK=1", "CDK_DISABLE_CLI_TELEMETRY=true", "CI=true", "NO_COLOR=1", "NODE_NO_WARNINGS=1")
	command.Env = append(command.Env, c.Env...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
	command.WaitDelay = stopGrace
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()
	if ctx.Err() != nil {
		if command.Process != nil {
			_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // what is left of the group; an error says that nothing is
		}
		return ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &CDKError{Complaint: complaint(output.String())}
	}
	if err != nil {
		return fmt.Errorf("the CDK's command line does not start: %w: install the pinned version with npm ci", err)
	}
	return nil
}

// CDKError is what the command line said when it failed.
type CDKError struct{ Complaint string }

func (e *CDKError) Error() string { return e.Complaint }

// complaint finds what a failed run of the command line was about: the line
// behind its mark (aws-cdk 2.1148: "❌ stack failed to deploy", "‣ cause"), the
// first that names an error, or the last.
func complaint(output string) string {
	last, named := "the CDK's command line failed and said nothing", ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		cause, marked := strings.CutPrefix(line, "‣")
		switch {
		case marked:
			return limited(oneLine(cause))
		case line == "", strings.HasPrefix(line, "at "), strings.HasPrefix(line, "(Use `node"): // a stack trace, Node's own talk
		case named == "" && (strings.Contains(line, "failed: ") || strings.Contains(line, "Error")):
			_, named, marked = strings.Cut(line, "failed: ")
			if !marked {
				named = line
			}
		default:
			last = line
		}
	}
	return limited(oneLine(cmp.Or(named, last)))
}

// shownLength is enough for a cause and no wall of text.
const shownLength = 600

func limited(text string) string {
	if runes := []rune(text); len(runes) > shownLength {
		return string(runes[:shownLength]) + "…"
	}
	return text
}
