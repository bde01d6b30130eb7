package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"catalog/contract"
)

// program is the binary that the tests run as a process.
var program string

// patience is how long a test waits for a process before it fails.
const patience = 20 * time.Second

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "catalog-cmd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "catalog")
	args := []string{"build", "-buildvcs=false", "-o", program, "-ldflags=-X main.version=v1.2.3"}
	if underRace() {
		args = append(args, "-race") // what the tests were built with is cached
	}
	code := 1
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
	} else {
		code = m.Run()
	}
	stopDatabases()
	os.RemoveAll(dir)
	os.Exit(code)
}

func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}

const (
	writeToken = "write-token-0123456789"
	dbPassword = "db-password-9876543210"
)

// quickExit keeps the race detector from waiting a second at each end.
const quickExit = "GORACE=atexit_sleep_ms=0"

// environment is a task's, with a database that is away. What is "" in with is
// not set at all.
func environment(t *testing.T, with map[string]string) []string {
	t.Helper()
	variables := map[string]string{
		contract.EnvHost:          "127.0.0.1",
		contract.EnvPort:          strconv.Itoa(freePort(t)),
		contract.EnvDBHost:        "127.0.0.1",
		contract.EnvDBPort:        strconv.Itoa(freePort(t)),
		contract.EnvDBName:        "catalog",
		contract.EnvDBUsername:    "catalog",
		contract.EnvDBPassword:    dbPassword,
		contract.EnvAPIWriteToken: writeToken,
	}
	maps.Copy(variables, with)
	var all []string
	for name, value := range variables {
		if value != "" {
			all = append(all, name+"="+value)
		}
	}
	return all
}

// freePort is one that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// runToEnd runs the program until it ends by itself.
func runToEnd(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	command := exec.CommandContext(ctx, program, args...)
	command.Env, command.Stdout, command.Stderr = append(env, quickExit), &out, &errs
	var exit *exec.ExitError
	if err := command.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("catalog %v does not end:\n%s%s", args, &out, &errs)
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}

// process is a program that runs.
type process struct {
	t       *testing.T
	command *exec.Cmd
	lines   chan string // stdout, line by line
	errs    *bytes.Buffer
	said    []string // the lines that were read
	url     string
}

// start starts the program; its end is the test's end at the latest.
func start(t *testing.T, with map[string]string, args ...string) *process {
	t.Helper()
	p := &process{t: t, command: exec.Command(program, args...), lines: make(chan string, 100_000), errs: &bytes.Buffer{}}
	p.command.Env, p.command.Stderr = append(environment(t, with), quickExit), p.errs
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
		close(p.lines)
	}()
	t.Cleanup(func() { // an error says that it has ended before
		p.command.Process.Kill()
		p.command.Wait()
	})
	return p
}

// serve starts the server and waits until it serves.
func serve(t *testing.T, with map[string]string) *process {
	t.Helper()
	for range 5 {
		p := start(t, with, "serve")
		if serving := p.find("serving"); serving != nil {
			p.url = "http://" + serving["address"].(string)
			return p
		}
		// Between the search and the start somebody else may take the port.
		if p.command.Wait(); !strings.Contains(p.errs.String(), "address already in use") {
			t.Fatalf("the server ended: %s", p.errs)
		}
	}
	t.Fatal("every free port was taken at once")
	return nil
}

// await reads the log until a message comes.
func (p *process) await(message string) {
	p.t.Helper()
	if p.find(message) == nil {
		p.t.Fatalf("the program ended without %q:\n%s", message, strings.Join(p.said, "\n"))
	}
}

// find reads the log until a message comes, nil where the log ends before.
// Every line must be JSON.
func (p *process) find(message string) map[string]any {
	p.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return nil
			}
			p.said = append(p.said, line)
			var record map[string]any
			if err := json.Unmarshal([]byte(line), &record); err != nil {
				p.t.Fatalf("a line of the log is no JSON: %v: %s", err, line)
			}
			if record["msg"] == message {
				return record
			}
		case <-timeout:
			p.t.Fatalf("the program does not say %q:\n%s", message, strings.Join(p.said, "\n"))
		}
	}
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// wantEnd waits for the end, which must be a clean one.
func (p *process) wantEnd() {
	p.t.Helper()
	p.await("stopped")
	for range p.lines { // Wait may only be called when the output was read
	}
	if err := p.command.Wait(); err != nil || p.errs.Len() > 0 {
		p.t.Errorf("the end is %v: %s", err, p.errs)
	}
}

// get asks the server over a connection of its own, as a new client does.
func (p *process) get(path string) (status int, body string) {
	p.t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, string(content)
}
