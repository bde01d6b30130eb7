package local

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
)

func TestO5_TheConsoleListsEverything(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, nil)
	code, body := p.fetch(t, http.MethodGet, e.console.url()+"status.json")
	var status Status
	if err := json.Unmarshal([]byte(body), &status); code != 200 || err != nil {
		t.Fatal(code, err)
	}
	listed := map[string]bool{}
	for _, r := range status.Resources {
		listed[r.Stack+" "+r.ID] = true
	}
	for _, stack := range webAssembly(t, nil).Stacks {
		for id := range stack.Template.Resources {
			if !listed[stack.Name+" "+id] {
				t.Errorf("%s of %s is not listed", id, stack.Name)
			}
		}
		for name := range stack.Template.Outputs {
			if status.Outputs[name] == "" {
				t.Errorf("the output %s is not listed", name)
			}
		}
	}
	if len(status.Services) != 1 || len(status.Services[0].Tasks) != 2 || len(status.TargetGroups) != 2 || len(status.Events) == 0 {
		t.Errorf("services %+v, target groups %+v, %d events", status.Services, status.TargetGroups, len(status.Events))
	}

	// Without Options.Console there is nothing else.
	if code, _ := p.fetch(t, http.MethodGet, e.console.url()+"nothing"); code != 404 {
		t.Errorf("another path answers %d", code)
	}
	if code, _ := p.fetch(t, http.MethodGet, e.console.url()); code != 404 {
		t.Errorf("a page that nobody gave answers %d", code)
	}
	if code, _ := p.fetch(t, http.MethodPost, e.console.url()+"status.json"); code != 405 {
		t.Errorf("POST answers %d", code)
	}
	if s, err := ReadState(p.options.StateDir); err != nil || s.Console != e.console.url() || s.PID != os.Getpid() {
		t.Errorf("the note for other programs is %+v, %v", s, err)
	}
}

func TestO5_TheConsolesPagesAreTheCallers(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.options.Console = func(of *Environment) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s of %s with %d services", r.URL.Path, of.StateDir(), len(of.Status().Services))
		})
	}
	e := p.up(t, nil)
	if code, page := p.fetch(t, http.MethodGet, e.console.url()+"tasks"); code != 200 || page != "/tasks of "+p.options.StateDir+" with 1 services" {
		t.Errorf("the page answers %d %q", code, page)
	}
	if code, page := p.fetch(t, http.MethodGet, e.console.url()+"status.json"); code != 200 || !json.Valid([]byte(page)) {
		t.Errorf("the status answers %d %q", code, page)
	}
}

// DNS rebinding: a page elsewhere that makes its name mean this machine gets
// nothing.
func TestTheConsoleAnswersToItsOwnNameAlone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.options.Console = func(*Environment) http.Handler { return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}) }
	e := p.up(t, nil)
	address := e.console.listener.Addr().String()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		address: 200, "localhost:" + port: 200, "evil.example:" + port: 421, "evil.example": 421, "localhost": 421, "127.0.0.1:1": 421, "127.0.0.1": 421,
	} {
		for _, path := range []string{"", "status.json"} { // a page of the caller's, and ours
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.console.url()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			response, err := p.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != want {
				t.Errorf("/%s for %s: %d, want %d", path, host, response.StatusCode, want)
			}
		}
	}
}

// look asks the status page again and again, from the environment's first step
// until the test ends: who looks must not disturb it. The race detector listens.
func (p *place) look(t *testing.T) {
	t.Helper()
	var looking sync.WaitGroup
	quit := make(chan struct{})
	t.Cleanup(func() {
		close(quit)
		looking.Wait()
	})
	begin := sync.OnceFunc(func() {
		s, err := ReadState(p.options.StateDir)
		if err != nil {
			t.Error(err)
			return
		}
		looking.Go(func() {
			for {
				select {
				case <-quit:
					return
				default:
				}
				response, err := p.client.Get(s.Console + "status.json")
				if err != nil {
					return // it has gone down
				}
				response.Body.Close()
			}
		})
	})
	progress := p.options.Progress
	p.options.Progress = func(e Event) {
		begin()
		progress(e)
	}
}

func TestTheConsoleAnswersWhileTheEnvironmentStarts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.look(t)
	assembly := webAssembly(t, nil)
	for i := range 200 {
		small := assembly.Stacks[0]
		small.Name += strconv.Itoa(i)
		assembly.Stacks = append(assembly.Stacks, small)
	}
	e, err := Up(t.Context(), assembly, p.options)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(e.Status().Resources); got < 200 {
		t.Errorf("%d resources are listed", got)
	}
	p.down(t, e)
}
