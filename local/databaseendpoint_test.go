package local

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"catalog/local/process"
)

// A proxy may stand in front of the database: the tasks and the secret know
// the proxy, the place itself the server.
func TestI7_TheTasksAreToldTheEndpoint(t *testing.T) {
	t.Parallel()
	p := placeWithDatabase(t)
	if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"username": "owner", "password": "first"}); err != nil {
		t.Fatal(err)
	}
	var err error
	if p.options.DatabasePort, err = process.FreePort(); err != nil {
		t.Fatal(err)
	}
	p.options.DatabaseEndpoint = "localhost:6432"
	e := p.up(t, withDatabase())
	if got := e.Status().Databases[0].Port; got != p.options.DatabasePort {
		t.Errorf("PostgreSQL listens on %d, want %d", got, p.options.DatabasePort)
	}
	_, body := p.ask(t, e, http.MethodGet, "/api/environment")
	var got []string
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DB_HOST=localhost", "DB_PORT=6432"} {
		if !slices.Contains(got, want) {
			t.Errorf("the container has %q, want %s in it", got, want)
		}
	}
	if port, err := ReadSecret(p.options.StateDir, "secret-db", "port"); port != "6432" || err != nil {
		t.Errorf("the secret's port is %q, %v", port, err)
	}
	db := all[*database](e)[0]
	if host, _ := db.attribute("Endpoint.Address"); host != "localhost" {
		t.Errorf("Endpoint.Address is %q", host)
	}
	if port, _ := db.attribute("Endpoint.Port"); port != "6432" {
		t.Errorf("Endpoint.Port is %q", port)
	}
	if _, addresses := e.belongings(); !slices.Contains(addresses, "127.0.0.1:"+strconv.Itoa(p.options.DatabasePort)) {
		t.Errorf("the server's address is not among %q", addresses)
	}
}

// TestI7_AnEndpointElsewhereIsRefused: credentials stay on this machine, and
// the database's certificate names no other.
func TestI7_AnEndpointElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	for endpoint, good := range map[string]bool{
		"": true, "127.0.0.1:6432": true, "localhost:65535": true,
		"127.0.0.1": false, "127.0.0.1:0": false, "127.0.0.1:65536": false, "127.0.0.1:+6432": false, "127.0.0.1:pg": false, ":6432": false,
		"0.0.0.0:6432": false, "10.0.0.1:5432": false, "db.example.com:5432": false, "[::1]:6432": false, "localhost.example.com:1": false,
	} {
		if err := CheckDatabaseEndpoint(endpoint); (err == nil) != good {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
	p := newPlace(t)
	p.options.DatabaseEndpoint = "10.0.0.1:5432"
	_, err := Up(t.Context(), webAssembly(t, nil), p.options)
	if err == nil || !strings.Contains(err.Error(), "not on this machine") {
		t.Errorf("Up answers %v", err)
	}
}
