package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

var reference = regexp.MustCompile(`(?:href|src|action)="(/[^"]*)"`)

// pages follows the console's links until there is none that it has not seen.
func (v visit) pages() {
	v.t.Helper()
	traced := v.awaitTraces()
	v.seen.look("traces", "/traces", traced)
	todo, done := []string{"/", "/status.json", "/nothing", "/logs?q=fields+%40message", "/events?recorded=1"}, map[string]bool{}
	for len(todo) > 0 && len(done) < 300 {
		path := todo[0]
		todo = todo[1:]
		if done[path] {
			continue
		}
		done[path] = true
		response, err := http.Get(v.console + path)
		v.must(err)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		v.must(err)
		v.seen.look("pages", path, body)
		if strings.HasPrefix(path, "/traces/") {
			v.seen.look("traces", path, body)
		}
		for _, link := range reference.FindAllSubmatch(body, -1) {
			todo = append(todo, strings.ReplaceAll(string(link[1]), "&amp;", "&"))
		}
	}
	if len(done) < 15 {
		v.t.Errorf("the console has only the pages %v", done)
	}
}

// awaitTraces waits for the first trace: spans are sent every few seconds.
func (v visit) awaitTraces() []byte {
	v.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		response, err := http.Get(v.console + "/traces")
		v.must(err)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		v.must(err)
		if bytes.Contains(body, []byte(`href="/traces/`)) {
			return body
		}
	}
	v.t.Error("no trace arrived")
	return nil
}

// commands looks into what the others print.
func (v visit) commands() {
	v.t.Helper()
	for _, words := range []string{
		"status", "status --json", "status --resources", "logs --tail -1", "logs --tail -1 --json", "events", "events --json --recorded", "load --rps 5 --for 1s", "outputs", "down --help",
	} {
		r := v.start(append(strings.Fields(words), "--suffix", "cli")...)
		r.wait()
		v.seen.look("commands", words, slices.Concat(r.stdout.Bytes(), r.stderr.Bytes()))
	}
}

// processes looks at the command line and the environment of every process on
// the machine; the tasks alone are given secrets.
func (v visit) processes() {
	v.t.Helper()
	var tasks []int
	for _, s := range v.status().Services {
		for _, task := range s.Tasks {
			tasks = append(tasks, family(v.t, task.PID)...)
		}
	}
	given := newSightings(v.t, v.secrets)
	files, err := filepath.Glob("/proc/[0-9]*")
	v.must(err)
	for _, dir := range files {
		if line, err := os.ReadFile(filepath.Join(dir, "cmdline")); err == nil {
			v.seen.look("command lines", dir, line)
		}
		environment, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil { // another user's, or ended
			continue
		}
		var pid int
		if _, err := fmt.Sscan(filepath.Base(dir), &pid); err == nil && slices.Contains(tasks, pid) {
			given.look("tasks", dir, environment)
			continue
		}
		v.seen.look("environments", dir, environment)
	}
	if len(given.found) == 0 {
		v.t.Error("the tasks' environments hold no secret: this looks in the wrong place")
	}
}
