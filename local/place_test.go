package local

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// place is where a test brings an environment up.
type place struct {
	options Options
	client  *http.Client

	mu     sync.Mutex
	events []Event
	notify chan struct{} // gets something after each event

	patience time.Duration // how long awaitStatus waits
}

func newPlace(t *testing.T) *place {
	t.Helper()
	image := workloadImage(t)
	p := &place{notify: make(chan struct{}, 1), patience: 20 * time.Second, client: &http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
	}}
	p.options = Options{
		StateDir:     filepath.Join(t.TempDir(), "state"),
		MinFreeBytes: 1, // these tests are not about the disk
		Images: func(reference string) (Image, bool) {
			return image, reference == accountID+".dkr.ecr/workload@sha256:0123"
		},
		Progress: func(e Event) {
			p.mu.Lock()
			p.events = append(p.events, e)
			p.mu.Unlock()
			select {
			case p.notify <- struct{}{}:
			default:
			}
		},
	}
	return p
}

// up brings the environment up, and down with the test.
func (p *place) up(t *testing.T, changes edits) *Environment {
	t.Helper()
	e, err := Up(t.Context(), webAssembly(t, changes), p.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.mu.Lock()
		isUp := e.created != nil
		e.mu.Unlock()
		if isUp {
			p.down(t, e)
		}
	})
	return e
}

// fail brings an environment up that must not come up, and leaves nothing.
func (p *place) fail(t *testing.T, changes edits, words ...string) {
	t.Helper()
	e, err := Up(t.Context(), webAssembly(t, changes), p.options)
	if err == nil {
		p.down(t, e)
	}
	wantError(t, err, words...)
	p.assertReleased(t)
}

// down stops an environment and looks for what it left.
func (p *place) down(t *testing.T, e *Environment) {
	t.Helper()
	status := e.Status()
	var pids []int
	for _, s := range status.Services {
		for _, task := range s.Tasks {
			pids = append(pids, task.PID)
		}
	}
	for _, db := range status.Databases {
		pids = append(pids, db.PID)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := e.Down(ctx); err != nil {
		t.Error(err)
	}
	for _, pid := range pids {
		if pid != 0 && !errors.Is(syscall.Kill(-pid, 0), syscall.ESRCH) {
			t.Errorf("process %d still runs", pid)
		}
	}
	p.assertReleased(t)
}

// assertClosed: a child that another test is just starting may have a socket
// open for a moment, so it asks again.
func assertClosed(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		c.Close()
	}
	t.Errorf("%s is still open", address)
}

// assertReleased: the folder can be taken by the next environment, and says
// that none runs.
func (p *place) assertReleased(t *testing.T) {
	t.Helper()
	if _, err := ReadState(p.options.StateDir); err == nil {
		t.Error("the state file is left")
	}
	lock, err := lockState(p.options.StateDir)
	if err != nil {
		t.Error(err)
		return
	}
	if err := unlockState(p.options.StateDir, lock); err != nil {
		t.Error(err)
	}
}

// eventsOf are the events of a status, by logical id.
func (p *place) eventsOf(status string) []Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.events), func(e Event) bool { return e.Status != status || e.Type == stackType })
}

func ids(events []Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}

// awaitStatus looks at the environment again after each event, and now and
// then, until it is as wanted.
func (p *place) awaitStatus(t *testing.T, e *Environment, what string, wanted func(Status) bool) Status {
	t.Helper()
	deadline := time.After(p.patience)
	for {
		status := e.Status()
		if wanted(status) {
			return status
		}
		select {
		case <-p.notify:
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("it never came to this: %s: %+v", what, status.Services)
		}
	}
}

// ask sends a request through the load balancer and answers status and body.
func (p *place) ask(t *testing.T, e *Environment, method, path string) (int, string) {
	t.Helper()
	return p.fetch(t, method, "http://"+e.Outputs()["AlbDnsName"]+path)
}

func (p *place) fetch(t *testing.T, method, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := p.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
