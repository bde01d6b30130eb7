package flask_test

import (
	"bytes"
	"encoding/json"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"catalog/contract"
	"catalog/local/process"
)

// TestS1_FlaskDrainsWithoutAFailedRequest: told to end, it says so in /health
// and serves on; a load balancer that then sends nothing more has lost nothing.
func TestS1_FlaskDrainsWithoutAFailedRequest(t *testing.T) {
	t.Parallel()
	s, err := startFlask(map[string]string{contract.EnvDrainDelay: "4s500ms"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	var sent atomic.Int64
	stop := make(chan struct{})
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a, err := s.ask("GET", products+"?limit=1", nil, "")
				if sent.Add(1); err != nil || a.status != 200 {
					t.Errorf("a request is answered %d %s, %v", a.status, a.body, err)
					return
				}
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	asked := time.Now()
	if err := s.process.Signal(syscall.SIGTERM); err != nil { // the whole group, as this machine's place sends it
		t.Fatal(err)
	}
	var body struct{ Status string }
	for status := 200; status == 200; {
		a, err := s.ask("GET", contract.HealthPath, nil, "")
		if err != nil || json.Unmarshal(a.body, &body) != nil || time.Since(asked) > patience {
			t.Fatalf("/health while it drains: %d %s, %v\n%s", a.status, a.body, err, s.output)
		}
		if status = a.status; status != 200 && (status != 503 || body.Status != "draining") {
			t.Errorf("/health answers %d %s", status, a.body)
		}
	}
	noticed, before := time.Since(asked), sent.Load()
	time.Sleep(time.Second) // what is still on its way
	close(stop)
	load.Wait()
	if sent.Load()-before < 10 {
		t.Errorf("only %d requests came while it drained", sent.Load()-before)
	}
	select {
	case <-s.process.Done:
	case <-time.After(patience):
		t.Fatalf("it does not end\n%s", s.output)
	}
	if took := time.Since(asked); s.process.ExitCode() != 0 || took < 4500*time.Millisecond {
		t.Errorf("it ended with %d after %s, noticed after %s\n%s", s.process.ExitCode(), took, noticed, s.output)
	}
}

// TestS1_ASecondSIGTERMEndsTheDrain, as it does the Go API's.
func TestS1_ASecondSIGTERMEndsTheDrain(t *testing.T) {
	t.Parallel()
	s, err := startFlask(map[string]string{contract.EnvDrainDelay: "10m"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	for range 2 {
		if err := s.process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		for status := 200; status == 200; { // two at once would be one signal
			a, err := s.ask("GET", contract.HealthPath, nil, "")
			if err != nil {
				break // it has ended
			}
			status = a.status
		}
	}
	select {
	case <-s.process.Done:
	case <-time.After(patience):
		t.Fatalf("it still drains\n%s", s.output)
	}
}

// TestS3_FlaskIsHealthyWhileTheDatabaseIsAway, and says 503 to everything else,
// before a load balancer would give up.
func TestS3_FlaskIsHealthyWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	nobody, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s, err := startFlask(map[string]string{contract.EnvDBPort: strconv.Itoa(nobody)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	asked := time.Now()
	for _, a := range []answer{
		s.want(t, 503, "GET", products, ""),
		s.want(t, 503, "POST", products, `{"sku":"x","name":"x"}`),
	} {
		if a.header.Get("Retry-After") != "1" || a.text(t, "code") != "unavailable" {
			t.Errorf("without its database it answers %v %s", a.header, a.body)
		}
	}
	if took := time.Since(asked); took > 15*time.Second {
		t.Errorf("two refusals took %s", took)
	}
}

// TestG3_FlaskTrustsNoOtherAuthority: a database whose certificate somebody
// else has signed is none.
func TestG3_FlaskTrustsNoOtherAuthority(t *testing.T) {
	t.Parallel()
	rds, err := filepath.Abs("../../api/postgres/rds-ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	s, err := startFlask(map[string]string{contract.EnvDBPort: strconv.Itoa(both.database.Port()), contract.EnvDBCAFile: rds})
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	s.want(t, 503, "GET", products, "")
	if !strings.Contains(s.output.String(), "certificate verify failed") {
		t.Errorf("it does not say why\n%s", s.output)
	}
}

// TestO2_FlaskSendsSegmentsToTheXRayDaemon's port over UDP, with the trace that
// the load balancer began and the statements in it; and to nobody at its start.
func TestO2_FlaskSendsSegmentsToTheXRayDaemon(t *testing.T) {
	t.Parallel()
	daemon, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	s, err := startFlask(map[string]string{contract.EnvXRayDaemon: daemon.LocalAddr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	const root = "1-69258d6a-4f1c0a7be3d2915c86fa0b3d"
	a := s.want(t, 404, "GET", products+"/"+unknownID, "", "X-Amzn-Trace-Id", "Root="+root+";Parent=53995c3f42cd8ad8;Sampled=1")
	if a.text(t, "trace_id") != root || !strings.HasPrefix(a.header.Get("X-Amzn-Trace-Id"), "Root="+root) {
		t.Errorf("the answer's trace is %v %s", a.header, a.body)
	}
	if err := daemon.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	packet := make([]byte, 64<<10)
	n, _, err := daemon.ReadFrom(packet)
	if err != nil {
		t.Fatalf("no segment came: %v\n%s", err, s.output)
	}
	head, document, _ := bytes.Cut(packet[:n], []byte("\n"))
	var segment struct {
		Name, ParentID, TraceID string
		HTTP                    struct{ Response struct{ Status int } }
		Subsegments             []struct{ Name, Namespace string }
	}
	text := strings.NewReplacer(`"parent_id"`, `"ParentID"`, `"trace_id"`, `"TraceID"`).Replace(string(document))
	if err := json.Unmarshal([]byte(text), &segment); err != nil || !bytes.Contains(head, []byte(`"format"`)) {
		t.Fatalf("%s: %v", packet[:n], err)
	}
	if segment.Name != "catalog-test" || segment.TraceID != root || segment.ParentID != "53995c3f42cd8ad8" || segment.HTTP.Response.Status != 404 {
		t.Errorf("the first packet is %s", document)
	}
	if len(segment.Subsegments) != 1 || segment.Subsegments[0].Namespace != "remote" {
		t.Errorf("the statement is not in it: %s", document)
	}
}

// TestO6_FlaskLogsOneJSONLinePerRequest, with the members of the Go API's.
func TestO6_FlaskLogsOneJSONLinePerRequest(t *testing.T) {
	t.Parallel()
	const path = products + "/log-line"
	a := both.flask.want(t, 404, "GET", path, "")
	lines := 0
	for deadline := time.Now().Add(patience); lines == 0 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		lines = checkLines(t, both.flask.output.String(), path, a.text(t, "trace_id"))
	}
	if lines != 1 {
		t.Errorf("%d lines for a request\n%s", lines, both.flask.output)
	}
}

// checkLines counts the lines about a path, and holds each line to its form.
func checkLines(t *testing.T, output, path, trace string) (about int) {
	t.Helper()
	whole := output[:strings.LastIndex(output, "\n")+1] // the last line may be half here
	for line := range strings.Lines(whole) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("%q is no JSON: %v", line, err)
		}
		if record["path"] != path {
			continue
		}
		about++
		for _, name := range []string{"time", "level", "msg", "method", "route", "status", "bytes", "duration_ms"} {
			if record[name] == nil {
				t.Errorf("%s has no %s", line, name)
			}
		}
		if record["trace_id"] != trace {
			t.Errorf("%s is not of the answer's trace %s", line, trace)
		}
	}
	return about
}
