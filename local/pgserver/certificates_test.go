package pgserver

import (
	"path/filepath"
	"testing"

	"catalog/local/process"
)

// TestI7_AServerShowsAnothersCertificate: who trusts the one trusts the other,
// as a client of a cluster does after a fail-over.
func TestI7_AServerShowsAnothersCertificate(t *testing.T) {
	t.Parallel()
	first := started(t, testOptions(t))
	o := testOptions(t)
	var err error
	if o.Port, err = process.FreePort(); err != nil {
		t.Fatal(err)
	}
	o.Certificates = first.options.Dir
	second := started(t, o)
	if second.Port() != o.Port {
		t.Errorf("it listens on %d, want %d", second.Port(), o.Port)
	}
	c, err := connect(t, second, authorityOf(t, first))
	if err != nil {
		t.Fatalf("a client that trusts the first server does not trust the second: %v", err)
	}
	c.Close(t.Context())
	o.Dir, o.Port, o.Certificates = filepath.Join(t.TempDir(), "third"), 0, t.TempDir()
	if err := prepared(t, o).Start(t.Context()); err == nil {
		t.Error("a server starts with certificates that are not there")
	}
}
