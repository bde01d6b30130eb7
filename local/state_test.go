package local

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestASecondLockIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	lock, err := lockState(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lockState(dir)
	wantError(t, err, "another `catalogctl up` already runs in "+dir) // no pid is known yet
	if err := writeState(dir, State{PID: 4711, Console: "http://127.0.0.1:1/"}); err != nil {
		t.Fatal(err)
	}
	_, err = lockState(dir)
	wantError(t, err, "another `catalogctl up` (pid 4711) already runs in "+dir, "--suffix")
	if strings.ContainsAny(err.Error(), "\n") {
		t.Errorf("it is more than a sentence: %v", err)
	}
	if err := unlockState(dir, lock); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadState(dir); err == nil {
		t.Error("the state of an environment that ended is left")
	}
	again, err := lockState(dir)
	if err != nil {
		t.Fatalf("a lock that was given up cannot be taken: %v", err)
	}
	if err := unlockState(dir, again); err != nil { // without a state file
		t.Error(err)
	}
}

func TestReadStateOfNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := ReadState(dir)
	wantError(t, err, "no environment runs in "+dir, "make run")
	if err := os.WriteFile(filepath.Join(dir, stateFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadState(dir); err == nil {
		t.Error("half a state file is read without an error")
	}
}

func TestAFullDiskIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := CheckSpace(dir, 1); err != nil {
		t.Error(err)
	}
	wantError(t, CheckSpace(dir, 1<<62), "the disk of "+dir, "MiB free and the database needs 4398046511104: free some space")
	wantError(t, CheckSpace(filepath.Join(dir, "nowhere"), 1), "cannot be read")
}

func TestAUsedPortNamesTheFlag(t *testing.T) {
	t.Parallel()
	taken, err := listenLocal(0, "a test", "--none")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if !taken.Addr().(*net.TCPAddr).IP.IsLoopback() {
		t.Errorf("it listens on %v: not on this machine alone", taken.Addr())
	}
	port := taken.Addr().(*net.TCPAddr).Port
	_, err = listenLocal(port, "the load balancer", "--port")
	wantError(t, err, "port "+strconv.Itoa(port)+" for the load balancer is used by another program", "--port", "0 takes any free one")
	_, err = listenLocal(70000, "the dashboard", "--dashboard-port")
	wantError(t, err, "port 70000 for the dashboard cannot be taken", "--dashboard-port")
}
