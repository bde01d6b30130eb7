package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that runs.
type process struct {
	t       *testing.T
	command *exec.Cmd
	lines   chan string // stdout, line by line
	errs    *bytes.Buffer
	said    []string // the lines that were read
	url     string
}

// inAPlainTask, in a task's environment, makes it the program as it is shipped,
// for tests of very many rows: the race detector would take four times as long.
const inAPlainTask = "PLAIN"

// plain is that program.
var plain = sync.OnceValues(func() (string, error) {
	path := program + "-plain"
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return path, nil
})

// start starts the program; its end is the test's end at the latest.
func start(t *testing.T, with map[string]string, args ...string) *process {
	t.Helper()
	path := program
	if with[inAPlainTask] != "" {
		var err error
		if path, err = plain(); err != nil {
			t.Fatal(err)
		}
	}
	p := &process{t: t, command: exec.Command(path, args...), lines: make(chan string, 100_000), errs: &bytes.Buffer{}}
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
