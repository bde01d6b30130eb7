package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"catalog/local"
)

// TestG3_D4_AnEnvironmentKeepsItsSecretsAndItsDoors brings an environment up,
// uses it, right and wrong, and takes its database away for a moment. Then no
// secret's value is found anywhere outside the folder of secrets and the tasks
// that are given it, in no form; nothing hears on another address than
// loopback; nobody else reads its files; and its pages tell a browser what it
// may not do.
func TestG3_D4_AnEnvironmentKeepsItsSecretsAndItsDoors(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.editTemplate(`"Environment": [{"Name": "DRAIN_DELAY", "Value": "30s"}]`, `"Environment": [{"Name": "DRAIN_DELAY", "Value": "1s"},
              {"Name": "LOG_LEVEL", "Value": "debug"}, {"Name": "OTEL_EXPORTER_OTLP_ENDPOINT", "Value": "http://127.0.0.1:4318"}]`, 1)
	c.editTemplate(`"Name": "alb-catalog-cli", "Type": "application"`,
		`"Name": "alb-catalog-cli", "Type": "application", "LoadBalancerAttributes": [{"Key": "access_logs.s3.enabled", "Value": "true"}]`, 1)
	v := visit{checkout: c, t: t, secrets: map[string]string{
		"the database's password": `db/pass+wo"rd=&%25 ` + rand.Text(), "the write token": "write/token+one=" + rand.Text(), "the token that comes": "write~token-two." + rand.Text(),
		"what a client sent as a token": "client-sent-" + rand.Text(), "what a client sent in a cookie": "cookie-" + rand.Text(),
	}}
	state := c.path(".local/cli")
	c.must(local.CreateSecret(state, "secret-catalog-db-cli", map[string]string{"username": "catalog", "password": v.secrets["the database's password"]}))
	c.must(local.CreateSecret(state, "secret-catalog-api-cli", map[string]string{"write_token": v.secrets["the write token"] + "," + v.secrets["the token that comes"]}))
	v.up = c.up() // the sample is written with one of the two tokens
	v.outputs = c.awaitReady(v.up, "cfn-outputs/flat-outputs.json")
	v.seen = newSightings(t, v.secrets)

	v.use()
	v.console = strings.TrimSuffix(v.outputs["DashboardUrl"], "/")
	v.pages()
	v.doors()
	v.headers()
	v.commands()
	v.processes()
	v.modes(state)
	v.seen.files("files", state, filepath.Join(state, "secrets"))
	v.seen.files("outputs", c.path("cfn-outputs"))
	for _, place := range []string{"logs/alb/*/access_log", "logs/*/api/*/*.log", "postgres/*/server.log", "postgres/*/data/base", "images/*", "events.ndjson"} {
		if found, err := filepath.Glob(filepath.Join(state, place)); err != nil || len(found) == 0 {
			t.Errorf("there is no %s to look into: %v", place, err)
		}
	}

	c.must(v.up.command.Process.Signal(syscall.SIGINT))
	if code := v.up.wait(); code != 0 {
		t.Errorf("up ends with %d: %s", code, v.up.stderr.String())
	}
	v.seen.look("up's output", "stdout", v.up.stdout.Bytes())
	v.seen.look("up's output", "stderr", v.up.stderr.Bytes())
	v.seen.files("files after the end", state, filepath.Join(state, "secrets"))
	for _, found := range v.seen.found {
		t.Error(found)
	}
	for _, kind := range []string{
		"answers", "files", "outputs", "command lines", "environments", "pages", "the control's answers", "commands", "up's output", "files after the end", "traces",
	} {
		if v.seen.looked[kind] == 0 {
			t.Errorf("nothing was looked at: %s", kind)
		}
	}
	// Where they are, the same look finds them.
	planted := newSightings(t, v.secrets)
	planted.files("secrets", filepath.Join(state, "secrets"))
	if len(planted.found) < 3 {
		t.Errorf("in the folder of secrets only %v is found", planted.found)
	}
}

// visit is what the test does to an environment.
type visit struct {
	checkout
	t       *testing.T
	up      *run
	outputs map[string]string
	console string
	secrets map[string]string
	seen    *sightings
}

// ask sends a request to the API and looks into its answer.
func (v visit) ask(method, path, body string, headers ...string) (int, http.Header) {
	v.t.Helper()
	request, err := http.NewRequest(method, "http://"+v.outputs["AlbDnsName"]+path, strings.NewReader(body))
	v.must(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678;Sampled=1")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	v.must(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	v.must(err)
	v.seen.look("answers", method+" "+path, answer)
	v.seen.look("answers", method+" "+path, fmt.Append(nil, response.Header))
	return response.StatusCode, response.Header
}

// use writes with both tokens and with what is none, and while the database is
// away.
func (v visit) use() {
	v.t.Helper()
	const products = "/api/v1/products"
	product := func(n int) string { return fmt.Sprintf(`{"sku":"S-%d","name":"Teapot"}`, n) }
	bearer := func(name string) string { return "Bearer " + v.secrets[name] }
	for i, c := range []struct {
		want    int
		body    string
		headers []string
	}{
		{201, product(1), []string{"Authorization", bearer("the write token"), "Cookie", "session=" + v.secrets["what a client sent in a cookie"]}},
		{201, product(2), []string{"Authorization", bearer("the token that comes"), "Idempotency-Key", "a"}},
		{409, product(2), []string{"Authorization", bearer("the token that comes")}},
		{401, product(3), []string{"Authorization", bearer("what a client sent as a token")}},
		{401, product(3), []string{"Authorization", "Basic " + v.secrets["what a client sent as a token"]}},
		{401, product(3), []string{"Authorization", v.secrets["what a client sent as a token"]}},
		{401, product(3), []string{"Authorization", bearer("the write token") + ", x"}},
		{400, "{", []string{"Authorization", bearer("the write token")}},
		{422, `{"sku":1}`, []string{"Authorization", bearer("the write token")}},
		{400, product(4), []string{"Authorization", bearer("the write token"), "Idempotency-Key", "a b"}},
	} {
		status, header := v.ask("POST", products, c.body, c.headers...)
		if status != c.want {
			v.t.Errorf("request %d is answered %d, want %d", i, status, c.want)
		}
		if header.Get("Cache-Control") != "no-store" {
			v.t.Errorf("the answer of %d to a write may be kept: %v", status, header)
		}
	}
	v.must(syscall.Kill(v.status().Databases[0].PID, syscall.SIGKILL))
	away := false
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && !away; {
		status, _ := v.ask("PUT", "/api/v1/categories/a", `{"name":"A"}`, "Authorization", bearer("the write token"))
		away = status == http.StatusServiceUnavailable
	}
	if !away {
		v.t.Error("with its database killed the API never answered 503")
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if status, _ := v.ask("PUT", "/api/v1/categories/a", `{"name":"A"}`, "Authorization", bearer("the write token")); status/100 == 2 {
			return
		}
	}
	v.t.Error("the database did not come back")
}

func (v visit) status() (s local.Status) {
	v.t.Helper()
	client, err := local.Connect(v.path(".local/cli"))
	v.must(err)
	defer client.Close()
	s, err = client.Status(v.t.Context())
	v.must(err)
	return s
}
