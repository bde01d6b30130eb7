package local

import (
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestUsedPortsAreNamedBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	taken, err := listenLocal(0, "a test", "--none")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	p := newPlace(t)
	p.options.Port = port
	p.fail(t, nil, "port "+strconv.Itoa(port)+" for the load balancer is used by another program", "--port")
	p.options.Port, p.options.DashboardPort = 0, port
	p.fail(t, nil, "port "+strconv.Itoa(port)+" for the dashboard is used by another program", "--dashboard-port")
	p.options.DashboardPort, p.options.MinFreeBytes = 0, 1<<62
	p.fail(t, nil, "MiB free", "free some space")
	if len(p.events) != 0 {
		t.Errorf("something was started: %v", p.events)
	}
}

func TestASecondEnvironmentInTheSameFolder(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	_, err := Up(t.Context(), webAssembly(t, nil), p.options)
	wantError(t, err, "(pid "+strconv.Itoa(os.Getpid())+") already runs in "+p.options.StateDir)
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("it is more than a sentence: %v", err)
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/health"); code != 200 {
		t.Errorf("the first environment now answers %d", code)
	}
	if s, err := ReadState(p.options.StateDir); err != nil || s.Console != e.console.url() {
		t.Errorf("the first environment's note is %+v, %v", s, err)
	}
}
