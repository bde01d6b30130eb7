package pgserver

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the server is reached and secured by is this place's, whatever the
// template's parameter group says; the rest is the template's.
func TestG3_TheTemplatesSettingsDoNotOpenTheServer(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	open := filepath.Join(t.TempDir(), "open.conf")
	if err := os.WriteFile(open, []byte("host all all 0.0.0.0/0 trust\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	maps.Copy(o.Settings, map[string]string{
		"listen_addresses": "*", "SSL": "off", "hba_file": open, "port": "1", "data_directory": "/nowhere",
		"unix_socket_directories": "/tmp", "listen-addresses": "*", "work_mem": "7MB",
	})
	s := started(t, o)
	c, err := connect(t, s, authorityOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"listen_addresses": Host, "ssl": "on", "hba_file": filepath.Join(o.Dir, accessFile), "data_directory": filepath.Join(o.Dir, dataDir),
		"unix_socket_directories": "", "work_mem": "7MB",
	} {
		var got string
		if err := c.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", name, got, err, want)
		}
	}
}

// The user's own PG… variables are about another server.
func TestTheEnvironmentDoesNotReachTheClient(t *testing.T) {
	for name, value := range map[string]string{
		"PGHOST": "/nowhere", "PGPORT": "x", "PGDATABASE": "other", "PGUSER": "other", "PGPASSWORD": "other", "PGPASSFILE": "/nowhere",
		"PGAPPNAME": "other", "PGCONNECT_TIMEOUT": "never", "PGSSLMODE": "sometimes", "PGSSLKEY": "/nowhere", "PGSSLCERT": "/nowhere",
		"PGSSLCERTMODE": "x", "PGSSLSNI": "x", "PGSSLROOTCERT": "/nowhere", "PGSSLNEGOTIATION": "x", "PGTARGETSESSIONATTRS": "standby",
		"PGSERVICEFILE": "/nowhere", "PGTZ": "Nowhere/City", "PGOPTIONS": "-c work_mem=x", "PGMINPROTOCOLVERSION": "x", "PGMAXPROTOCOLVERSION": "x",
		"PGCHANNELBINDING": "x", "PGREQUIREAUTH": "none",
	} {
		t.Setenv(name, value)
	}
	stop(t, started(t, testOptions(t)))

	t.Setenv("PGSERVICE", "theirs")
	_, err := prepared(t, testOptions(t)).clientConfig("postgres")
	if err == nil || !strings.Contains(err.Error(), `PGSERVICE="theirs" names a service whose settings cannot be read: unset it`) {
		t.Errorf("with a service: %v", err)
	}
}
