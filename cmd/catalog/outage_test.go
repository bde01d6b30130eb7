package main_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"catalog/contract"
)

// TestDatabaseThatStopsAndComesBack: reads of what is in memory go on, nothing
// else is answered wrongly or hangs, and nothing stays as it was.
func TestDatabaseThatStopsAndComesBack(t *testing.T) {
	t.Parallel()
	server, err := startPostgres() // of its own
	if err != nil {
		t.Fatal(err)
	}
	if err := server.run("CREATE DATABASE catalog"); err != nil {
		t.Fatal(err)
	}
	server.migrate(t, "catalog")
	d := &database{t, server, "catalog"}
	p := d.serve()
	read := p.want(http.StatusCreated, "POST", products, `{"sku":"A","name":"kept"}`).Header.Get("Location")
	unread := p.want(http.StatusCreated, "POST", products, `{"sku":"B","name":"not kept"}`).Header.Get("Location")
	for range 2 {
		p.want(http.StatusOK, "GET", read, "")
		p.want(http.StatusOK, "GET", products+"?limit=5", "")
	}

	if err := server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{read, products + "?limit=5"} {
		r := p.within(5*time.Second, "GET", path, "")
		if r.StatusCode != http.StatusOK || r.Header.Get("Age") == "" || !strings.Contains(string(r.body), `"kept"`) {
			t.Errorf("what is kept of %s: %s %v %s", path, r.Status, r.Header, r.body)
		}
	}
	for path, method := range map[string]string{unread: "GET", products: "POST", contract.APIBase + "/categories": "GET", products + ":export": "GET", read: "DELETE"} {
		r := p.within(7*time.Second, method, path, `{"sku":"C","name":"new"}`, "If-Match", "*")
		if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" || strings.Contains(string(r.body), "SQL") || strings.Contains(string(r.body), "127.0.0.1") {
			t.Errorf("%s %s: %s %v %s", method, path, r.Status, r.Header, r.body)
		}
	}
	if r := p.within(2*time.Second, "GET", contract.HealthPath, ""); r.StatusCode != http.StatusOK || !strings.Contains(string(r.body), `"database":"down"`) {
		t.Errorf("health: %s %s", r.Status, r.body)
	}

	if err := server.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	for p.ask("GET", unread, "").StatusCode != http.StatusOK {
		if time.Since(back) > 10*time.Second {
			t.Fatal("the database is back for ten seconds, and the task does not know")
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.want(http.StatusCreated, "POST", products, `{"sku":"C","name":"new"}`)
	// Another task changes what this one has kept.
	d.serve().want(http.StatusOK, "PATCH", read, `{"name":"changed"}`, "If-Match", "*")
	for changed := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		r := p.want(http.StatusOK, "GET", read, "")
		if strings.Contains(string(r.body), `"changed"`) {
			break
		}
		if time.Since(changed) > time.Second {
			t.Fatalf("after a second it answers %v %s", r.Header, r.body)
		}
	}
	if r := p.want(http.StatusOK, "GET", read, ""); r.Header.Get("Age") != "" {
		t.Errorf("it still answers from memory: %v", r.Header)
	}
	if r := p.want(http.StatusOK, "GET", contract.HealthPath, ""); !strings.Contains(string(r.body), `"database":"up"`) {
		t.Errorf("health: %s", r.body)
	}
}

// within asks, and holds the answer to a time.
func (p *process) within(most time.Duration, method, path, body string, headers ...string) reply {
	p.t.Helper()
	begin := time.Now()
	r := p.ask(method, path, body, headers...)
	if took := time.Since(begin); took > most {
		p.t.Errorf("%s %s took %s", method, path, took)
	}
	return r
}
