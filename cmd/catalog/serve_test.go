package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"catalog/contract"
)

// TestS3_ServesWhileTheDatabaseIsAway: a task that could not start would be
// replaced by one that cannot start either.
func TestS3_ServesWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	p := serve(t, nil)
	status, body := p.get(contract.HealthPath)
	var health struct{ Status, Version, Database string }
	if err := json.Unmarshal([]byte(body), &health); err != nil {
		t.Fatal(err)
	}
	if status != http.StatusOK || health.Status != "ok" || health.Database != "down" || health.Version != "v1.2.3" {
		t.Errorf("%d %s", status, body)
	}
	if status, body := p.get(contract.APIBase + "/products"); status != http.StatusServiceUnavailable || !strings.Contains(body, `"code":"unavailable"`) {
		t.Errorf("%d %s", status, body)
	}
}

// TestO6_LogsAreJSONLinesWithoutSecrets: from the first line to the last, at
// the level that says most.
func TestO6_LogsAreJSONLinesWithoutSecrets(t *testing.T) {
	t.Parallel()
	p := serve(t, map[string]string{contract.EnvLogLevel: "debug"})
	p.get(contract.HealthPath)
	p.get(contract.APIBase + "/products")
	request, err := http.NewRequestWithContext(t.Context(), "POST", p.url+contract.APIBase+"/products", strings.NewReader(`{"sku":"A","name":"B"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+writeToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a write without a database: %s", response.Status)
	}
	p.signal(syscall.SIGINT)
	p.wantEnd() // reads every line as JSON
	all := strings.Join(p.said, "\n")
	if strings.Count(all, `"msg":"request"`) != 3 || strings.Count(all, `"trace_id"`) < 3 {
		t.Errorf("three requests are logged as\n%s", all)
	}
	if strings.Contains(all, writeToken) || strings.Contains(all, dbPassword) {
		t.Errorf("a secret is in the log:\n%s", all)
	}
}

// TestL3_SIGTERMDrains: the load balancer still sends requests until it has
// seen that /health fails. A second signal ends the wait.
func TestL3_SIGTERMDrains(t *testing.T) {
	t.Parallel()
	for _, second := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p := serve(t, map[string]string{contract.EnvDrainDelay: "1h"})
		p.signal(syscall.SIGTERM)
		p.await("draining")
		if status, body := p.get(contract.HealthPath); status != http.StatusServiceUnavailable || !strings.Contains(body, `"draining"`) {
			t.Errorf("%d %s", status, body)
		}
		if status, body := p.get("/api/nowhere"); status != http.StatusNotFound || !strings.Contains(body, `"no_such_path"`) {
			t.Errorf("%d %s", status, body)
		}
		p.signal(second)
		p.wantEnd()
	}
}

func TestL3_DrainEndsByItself(t *testing.T) {
	t.Parallel()
	const delay = 300 * time.Millisecond
	p := serve(t, map[string]string{contract.EnvDrainDelay: delay.String()})
	begin := time.Now()
	p.signal(syscall.SIGTERM)
	p.await("draining")
	p.wantEnd()
	if took := time.Since(begin); took < delay {
		t.Errorf("it took %s, the delay is %s", took, delay)
	}
}

// TestSignalsStopAtOnce: SIGINT whatever the delay is, SIGTERM without one.
func TestSignalsStopAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal syscall.Signal
		delay  string
	}{{syscall.SIGINT, "1h"}, {syscall.SIGTERM, ""}, {syscall.SIGTERM, "0s"}} {
		p := serve(t, map[string]string{contract.EnvDrainDelay: c.delay})
		p.signal(c.signal)
		p.wantEnd()
		if strings.Contains(strings.Join(p.said, ""), "draining") {
			t.Errorf("%v with a delay of %q drained", c.signal, c.delay)
		}
	}
}

// TestRequestInFlightIsAnswered: although the server stops amid its body.
func TestRequestInFlightIsAnswered(t *testing.T) {
	t.Parallel()
	p := serve(t, nil)
	address := strings.TrimPrefix(p.url, "http://")
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	const body = `{"sku":"A-1","name":"Kettle"}`
	fmt.Fprintf(c, "POST /api/v1/products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", writeToken, len(body))
	answers := bufio.NewReader(c)
	// The server asks for the body: the request is in its handler.
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	p.signal(syscall.SIGTERM)
	awaitRefusal(t, address)
	if _, err := io.WriteString(c, body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable { // the database is away
		t.Errorf("the answer is %s", response.Status)
	}
	p.wantEnd()
}

// awaitRefusal waits until nobody listens at an address any more.
func awaitRefusal(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		c.Close()
		if time.Now().After(deadline) {
			t.Fatal("the server still takes connections")
		}
	}
}
