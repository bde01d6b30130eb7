package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"catalog/local"
)

func contains(b *bytes.Buffer, part string) bool { return strings.Contains(b.String(), part) }

// awaitReady waits for the outputs file, which is written when the system
// serves.
func (c checkout) awaitReady(r *run, file string) map[string]string {
	c.t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		content, err := os.ReadFile(c.path(file))
		if err != nil {
			continue
		}
		var outputs map[string]string
		c.must(json.Unmarshal(content, &outputs))
		return outputs
	}
	_ = r.command.Process.Signal(syscall.SIGINT)
	r.wait()
	c.t.Fatalf("the system was not ready in time: %s", r.stderr.String())
	return nil
}

// TestX5_OneEnvironmentFromStartToEnd: a second up on the same suffix is
// refused and harms nothing, status and logs answer, Ctrl-C stops all.
func TestX5_OneEnvironmentFromStartToEnd(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	first := c.up("--no-sample")
	outputs := c.awaitReady(first, "cfn-outputs/flat-outputs.json")

	for name, key := range map[string]string{"secret-catalog-db-cli": "password", "secret-catalog-api-cli": "write_token"} {
		if secret, err := local.ReadSecret(c.path(".local/cli"), name, key); err != nil || len(secret) < 20 {
			t.Errorf("the secret that was made for %s has %d characters, %v", name, len(secret), err)
		}
	}
	c.up("--fresh").refused(t, exitUsage, "--fresh is for its start", "--suffix")
	response, err := http.Get("http://" + outputs["AlbDnsName"] + "/health")
	c.must(err)
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("behind a refused second up, /health answers %s", response.Status)
	}

	var status local.Status
	ask := c.start("status", "--suffix", "cli", "--json")
	if code := ask.wait(); code != 0 {
		t.Fatalf("status ends with %d: %s", code, ask.stderr.String())
	}
	c.must(json.Unmarshal(ask.stdout.Bytes(), &status))
	if len(status.Services) != 1 || status.Services[0].Running != 1 || status.Outputs["ServiceName"] != "service-catalog-cli" {
		t.Errorf("status is %+v", status)
	}
	for _, show := range []struct{ args, part string }{
		{"status", "1 of 1 tasks run"},
		{"status --resources", "AWS::RDS::DBClusterParameterGroup"},
		{"logs --tail -1", `"msg":"schema is current"`},
		{"logs --container api --json", `"container":"api"`},
	} {
		r := c.start(append(strings.Fields(show.args), "--suffix", "cli")...)
		if code := r.wait(); code != 0 || !contains(&r.stdout, show.part) {
			t.Errorf("%s ends with %d and prints %s %s", show.args, code, r.stdout.String(), r.stderr.String())
		}
	}

	c.must(first.command.Process.Signal(syscall.SIGINT))
	if code := first.wait(); code != 0 || !contains(&first.stderr, "nothing is left running") {
		t.Errorf("after Ctrl-C it ends with %d: %s", code, first.stderr.String())
	}
	if _, err := os.Stat(c.path("cfn-outputs/flat-outputs.json")); err == nil {
		t.Error("the outputs of a stopped system are left")
	}
	c.start("status", "--suffix", "cli").refused(t, exitFailed, "catalogctl up")
}

// TestX5_DataIsKeptUntilFresh: the sample is loaded once, what is written is
// there in the next run, --fresh drops it.
func TestX5_DataIsKeptUntilFresh(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	for _, one := range []struct {
		args []string
		said string
	}{
		{nil, "100 sample products in 20 categories"},
		{nil, "kept from the last run"},
		{[]string{"--fresh"}, "100 sample products"},
	} {
		r := c.up(append(one.args, "--", "true")...)
		if code := r.wait(); code != 0 || !contains(&r.stderr, one.said) {
			t.Fatalf("%v ends with %d and does not say %q: %s", one.args, code, one.said, r.stderr.String())
		}
	}
}

func TestX5_ACommandsExitCodeIsPassedOn(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	r := c.up("--no-sample", "--outputs", "out.json", "--", "sh", "-c", `test -s "$CFN_OUTPUTS" && test -n "$API_WRITE_TOKEN" && exit 7`)
	if code := r.wait(); code != 7 {
		t.Errorf("exit code %d, want the command's 7: %s", code, r.stderr.String())
	}
	c.up("--no-sample", "--", "no-such-program").refused(t, exitFailed, "no-such-program")
}

// TestX5_AnEnvironmentBesideAnotherOne: it leaves the outputs file to the first
// one, and cleaning touches neither.
func TestX5_AnEnvironmentBesideAnotherOne(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	shared := "cfn-outputs/flat-outputs.json"
	first := c.up("--no-sample")
	before := c.awaitReady(first, shared)

	c.editTemplate("-cli", "-other", -1)
	second := c.start("up", "--suffix", "other", "--port", "0", "--dashboard-port", "0", "--no-sample")
	if outputs := c.awaitReady(second, ".local/other/flat-outputs.json"); outputs["ServiceName"] != "service-catalog-other" {
		t.Errorf("the second environment's outputs are %v", outputs)
	}
	c.must(second.command.Process.Signal(syscall.SIGINT))
	if code := second.wait(); code != 0 {
		t.Errorf("the second environment ends with %d: %s", code, second.stderr.String())
	}
	for _, name := range []string{"status", "logs"} {
		c.start(name, "--suffix", "nothere").refused(t, exitFailed, "bin/catalogctl up --suffix nothere")
	}
	cleaning := c.start("clean")
	if code := cleaning.wait(); code != 0 || !contains(&cleaning.stderr, "cli runs and is left as it is") {
		t.Errorf("clean ends with %d: %s", code, cleaning.stderr.String())
	}
	if after := c.awaitReady(first, shared); after["AlbDnsName"] != before["AlbDnsName"] {
		t.Errorf("the outputs of the first environment became %v", after)
	}
	c.must(first.command.Process.Signal(syscall.SIGINT))
	if code := first.wait(); code != 0 {
		t.Errorf("the first environment ends with %d: %s", code, first.stderr.String())
	}
	cleaning = c.start("clean")
	if code := cleaning.wait(); code != 0 || !contains(&cleaning.stderr, "cli removed") {
		t.Errorf("clean ends with %d: %s", code, cleaning.stderr.String())
	}
	if _, err := os.Stat(c.path(".local/cli")); err == nil {
		t.Error("after clean the environment's data is left")
	}
}

// TestX5_EphemeralLeavesNothing: neither data before nor after.
func TestX5_EphemeralLeavesNothing(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	r := c.up("--ephemeral", "--no-sample", "--", "sh", "-c", "kill -INT $PPID; sleep 60")
	if code := r.wait(); code != exitInterrupted {
		t.Errorf("interrupted inside a command it ends with %d: %s", code, r.stderr.String())
	}
	if _, err := os.Stat(c.path(".local/cli")); err == nil {
		t.Error("an ephemeral environment left its data")
	}
}

// TestX5_CtrlCInTheMiddleLeavesNothing interrupts a start at several moments.
func TestX5_CtrlCInTheMiddleLeavesNothing(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	for _, moment := range []string{"compiling", "templates", "image", "AWS::ECS::Cluster", "AWS::RDS::DBCluster", "TASK_STARTING"} {
		r := c.upUntil(moment, func() {}, "--fresh", "--no-sample")
		if code := r.wait(); code != exitInterrupted && code != 0 { // 0: it was ready before the signal arrived
			t.Errorf("interrupted at %q it ends with %d: %s", moment, code, r.stderr.String())
		}
		if left := c.processes(); len(left) > 0 {
			t.Errorf("interrupted at %q it leaves %v", moment, left)
		}
	}
}

// TestX5_CtrlCTwiceLeavesNothing: the second one kills what is left, at
// whatever moment they come.
func TestX5_CtrlCTwiceLeavesNothing(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	for i, moment := range []string{"AWS::RDS::DBCluster", "TASK_STARTING", "Ctrl-C stops it"} {
		r := c.prepare(append(upOnFreePorts(), "--fresh", "--no-sample")...)
		started := make(chan struct{})
		r.command.Stderr = &listener{said: &r.stderr, word: moment, do: func() {
			<-started
			for range 2 {
				_ = r.command.Process.Signal(syscall.SIGINT)
				time.Sleep(time.Duration(i) * 10 * time.Millisecond)
			}
		}}
		c.must(r.command.Start())
		close(started)
		r.wait() // how it ends is the moment's: what counts is what it leaves
		if left := c.processes(); len(left) > 0 {
			t.Errorf("interrupted twice at %q it leaves %v", moment, left)
		}
		if _, err := os.Stat(c.path(".local/cli/control")); err == nil {
			t.Errorf("interrupted twice at %q it leaves its socket", moment)
		}
	}
}
