package local

import (
	"syscall"
	"testing"
)

// TestD1_ADatabaseThatDiesComesBack on its port and with its data, as often as
// it dies; one that is told to stop does not.
func TestD1_ADatabaseThatDiesComesBack(t *testing.T) {
	t.Parallel()
	p := placeWithDatabase(t)
	if err := CreateSecret(p.options.StateDir, "secret-db", map[string]string{"username": "owner", "password": "first"}); err != nil {
		t.Fatal(err)
	}
	e := p.up(t, withDatabase())
	for deaths := 1; deaths <= 2; deaths++ {
		before := e.Status().Databases[0]
		if err := syscall.Kill(before.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		after := p.awaitStatus(t, e, "a database that was restored", func(Status) bool {
			return len(p.eventsOf(DatabaseRestored)) == deaths
		}).Databases[0]
		if after.PID == before.PID || after.Port != before.Port {
			t.Errorf("before its death it was %+v, behind it %+v", before, after)
		}
	}
	p.down(t, e)
	if stopped := p.eventsOf(DatabaseStopped); len(stopped) != 2 {
		t.Errorf("it stopped by itself %d times, want 2", len(stopped))
	}
}
