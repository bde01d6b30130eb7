package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain makes this test binary the program that the tests start: what it
// does stands in $PROCESS_TEST.
func TestMain(m *testing.M) {
	if role := os.Getenv("PROCESS_TEST"); role != "" {
		syscall.Exit(play(role)) // os.Exit waits for a second under -race
	}
	os.Exit(m.Run())
}

func play(role string) int {
	role, argument, _ := strings.Cut(role, " ")
	switch role {
	case "exit":
		code, _ := strconv.Atoi(argument)
		return code
	case "print":
		fmt.Println(strings.Join(os.Environ(), "\n"))
		fmt.Fprintln(os.Stderr, "to stderr")
	case "wait": // until it is told to end
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGTERM)
		fmt.Println("ready")
		<-told
		return 7
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("ready")
		select {}
	case "parent": // leaves a child behind that takes no SIGTERM and holds the output
		child := exec.Command(os.Args[0])
		child.Env, child.Stdout = []string{"PROCESS_TEST=stubborn"}, os.Stdout
		if err := child.Start(); err != nil {
			return 1
		}
		fmt.Println("child", child.Process.Pid)
		if argument == "waits" {
			select {}
		}
	case "orphan": // starts a process through this package, and is killed
		p, err := Start(Program{Path: os.Args[0], Env: []string{"PROCESS_TEST=stubborn"}, Output: os.Stdout, OrphanSignal: syscall.SIGKILL})
		if err != nil {
			return 1
		}
		fmt.Println("child", p.PID())
		select {}
	}
	return 0
}

// start starts a role; its output can be read line by line.
func start(t *testing.T, role string, env ...string) (*Process, *output) {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := newOutput()
	p, err := Start(Program{Path: executable, Env: append([]string{"PROCESS_TEST=" + role}, env...), Output: out})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.End(context.Background(), syscall.SIGKILL, 0) })
	return p, out
}

// output hands written lines on to the test that waits for them.
type output struct {
	rest  bytes.Buffer
	lines chan string
}

func newOutput() *output { return &output{lines: make(chan string, 1000)} }

func (o *output) Write(content []byte) (int, error) {
	o.rest.Write(content)
	for {
		line, err := o.rest.ReadString('\n')
		if err != nil {
			o.rest.WriteString(line)
			return len(content), nil
		}
		o.lines <- strings.TrimSuffix(line, "\n")
	}
}

// await waits for a line with a beginning and answers what follows it.
func (o *output) await(t *testing.T, beginning string) string {
	t.Helper()
	for {
		select {
		case line := <-o.lines:
			if rest, ok := strings.CutPrefix(line, beginning); ok {
				return strings.TrimSpace(rest)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no line begins with %q", beginning)
		}
	}
}

// awaitGone waits until a process that is not ours to reap has ended: a dead
// one stays a zombie until somebody reaps it.
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	t.Fatalf("process %d still runs", pid)
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	for _, want := range []int{0, 1, 3, 127, 255} {
		p, _ := start(t, "exit "+strconv.Itoa(want))
		if got := p.ExitCode(); got != want {
			t.Errorf("code %d, want %d", got, want)
		}
	}
}

func TestSignalCountsAs128AndItsNumber(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGHUP} {
		p, out := start(t, "wait")
		out.await(t, "ready")
		if err := p.Signal(s); err != nil {
			t.Fatal(err)
		}
		if got := p.ExitCode(); got != 128+int(s) {
			t.Errorf("%v: code %d, want %d", s, got, 128+int(s))
		}
	}
}

// Nothing is inherited: a secret of this process stays with it.
func TestOutputAndEnvironment(t *testing.T) {
	t.Parallel()
	p, out := start(t, "print", "ONE=1", "TWO=2 2")
	<-p.Done
	close(out.lines)
	var got []string
	for line := range out.lines {
		got = append(got, line)
	}
	if want := "PROCESS_TEST=print|ONE=1|TWO=2 2|to stderr"; strings.Join(got, "|") != want {
		t.Errorf("it printed %q, want %q", got, want)
	}
}

func TestMissingProgram(t *testing.T) {
	t.Parallel()
	_, err := Start(Program{Path: "/nowhere/program", Output: io.Discard})
	if err == nil || !strings.Contains(err.Error(), "/nowhere/program does not start: ") || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestEndAsksFirst(t *testing.T) {
	t.Parallel()
	p, out := start(t, "wait")
	out.await(t, "ready")
	if err := p.End(t.Context(), syscall.SIGTERM, time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := p.ExitCode(); got != 7 {
		t.Errorf("code %d, want the program's own 7", got)
	}
	for range 2 { // what has ended is no error
		if err := errors.Join(p.Signal(syscall.SIGTERM), p.End(t.Context(), syscall.SIGTERM, time.Minute)); err != nil {
			t.Error(err)
		}
	}
}

func TestEndKillsAfterItsTimeout(t *testing.T) {
	t.Parallel()
	p, out := start(t, "stubborn")
	out.await(t, "ready")
	begin := time.Now()
	if err := p.End(t.Context(), syscall.SIGTERM, 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took < 50*time.Millisecond {
		t.Errorf("it was killed after %v, before its time was over", took)
	}
	if got := p.ExitCode(); got != 128+9 {
		t.Errorf("code %d, want that of SIGKILL", got)
	}
}

func TestEndKillsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	p, out := start(t, "stubborn")
	out.await(t, "ready")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.End(ctx, syscall.SIGTERM, time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := p.ExitCode(); got != 128+9 {
		t.Errorf("code %d, want that of SIGKILL", got)
	}
}

// A container ends with its first process, whatever that has started.
func TestChildrenEndWithTheirLeader(t *testing.T) {
	t.Parallel()
	for name, role := range map[string]string{"that ends by itself": "parent", "that is ended": "parent waits"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, out := start(t, role)
			child, err := strconv.Atoi(out.await(t, "child"))
			if err != nil {
				t.Fatal(err)
			}
			if role == "parent waits" {
				out.await(t, "ready") // the child's
				if err := p.End(t.Context(), syscall.SIGTERM, time.Minute); err != nil {
					t.Fatal(err)
				}
			}
			<-p.Done
			awaitGone(t, child)
		})
	}
}
