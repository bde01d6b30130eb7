package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"catalog/local"
)

// calls asks for products without a pause until it is ended, and answers how
// many times and what failed.
func calls(url string) (end func() (sent int, failed []string)) {
	ctx, cancel := context.WithCancel(context.Background())
	var mu sync.Mutex
	var failed []string
	sent := 0
	var all sync.WaitGroup
	client := &http.Client{Timeout: 20 * time.Second}
	for range 2 {
		all.Go(func() {
			for ctx.Err() == nil {
				why := call(client, url)
				mu.Lock()
				if sent++; why != "" {
					failed = append(failed, why)
				}
				mu.Unlock()
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	return func() (int, []string) {
		cancel()
		all.Wait()
		client.CloseIdleConnections()
		return sent, failed
	}
}

func call(client *http.Client, url string) string {
	response, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return fmt.Sprint(response.Status, string(body), err)
	}
	return ""
}

// done waits for a call that must end well.
func (r *run) done(t *testing.T, says string) {
	t.Helper()
	if code := r.wait(); code != 0 || !strings.Contains(r.stdout.String()+r.stderr.String(), says) {
		t.Fatalf("%v ends with %d and does not say %q: %s%s", r.command.Args[1:], code, says, r.stdout.String(), r.stderr.String())
	}
}

// TestL3_C2_TheAPIMovesUnderLoad: the real API, from release to release, back,
// past a bad one, through a Spot reclaim, and away, without a failed request.
func TestL3_C2_TheAPIMovesUnderLoad(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.editTemplate(`"DesiredCount": 1`, `"DesiredCount": 3`, 1)
	c.editTemplate(`"Value": "30s"`, `"Value": "1s"`, 1)
	first := c.up("--no-sample")
	outputs := c.awaitReady(first, "cfn-outputs/flat-outputs.json")
	end := calls(outputs["ApiUrl"] + "/products")

	c.up().done(t, "nothing to do: what runs is what this checkout says")
	c.change(`"Value": "1s"}]`, `"Value": "1s"}, {"Name": "LOG_LEVEL", "Value": "warn"}]`)
	c.up().done(t, "updated in")
	c.start("rollback", "--suffix", "cli").done(t, "rolled back in")
	c.start("spot", "reclaim", "--suffix", "cli").done(t, "warned")
	c.awaitTasks(3)
	c.change(`"Name": "LOG_LEVEL", "Value": "warn"`, `"Name": "LOG_LEVEL", "Value": "shouting"`)
	c.up().refused(t, exitFailed, "the deployment was rolled back", "LOG_LEVEL")

	sent, failed := end()
	if len(failed) > 0 || sent < 100 {
		t.Errorf("%d of %d requests failed: %q", len(failed), sent, failed[:min(3, len(failed))])
	}
	shown := c.start("events", "--suffix", "cli", "--tail", "-1")
	shown.done(t, local.StageProductionShift)
	for _, part := range []string{local.UpdateRollbackComplete, local.TaskReclaimed, local.DeploymentRollbackSuccessful} {
		if !contains(&shown.stdout, part) {
			t.Errorf("the events lack %s", part)
		}
	}
	c.start("down", "--suffix", "cli").done(t, "cli deleted in")
	if code := first.wait(); code != 0 {
		t.Errorf("up ends with %d: %s", code, first.stderr.String())
	}
	if _, err := os.Stat(c.path(".local/cli")); err == nil {
		t.Error("the state folder is left")
	}
	if left := c.processes(); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

// change edits the template and the app that it comes from, so that it is
// synthesized again.
func (c checkout) change(old, new string) {
	c.t.Helper()
	c.editTemplate(old, new, 1)
	c.write("cmd/infra/main.go", fmt.Sprintf("package main\n\n// %q\nfunc main() {}\n", new))
}

// awaitTasks waits until so many tasks run and no other is left.
func (c checkout) awaitTasks(n int) {
	c.t.Helper()
	client, err := local.Connect(c.path(".local/cli"))
	c.must(err)
	defer client.Close()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		status, err := client.Status(c.t.Context())
		c.must(err)
		if s := status.Services[0]; s.Running == n && len(s.Tasks) == n {
			return
		}
	}
	c.t.Fatalf("%d tasks never ran alone", n)
}

// serverOf is the Server field of an answer.
func serverOf(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.Header.Get("Server")
}
