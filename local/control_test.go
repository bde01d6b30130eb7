package local

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// connected brings an environment up and a client to it.
func (p *place) connected(t *testing.T, changes edits) (*Environment, *Client) {
	t.Helper()
	e := p.up(t, changes)
	client, err := Connect(p.options.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return e, client
}

func TestI5_AnotherProgramDrivesTheEnvironment(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	asked := make(chan struct{}, 1)
	p.options.OnDown = func() { asked <- struct{}{} }
	_, client := p.connected(t, blueGreenStack(nil))
	status, err := client.Status(t.Context())
	if err != nil || status.Services[0].Running != 2 || status.Outputs["ServiceName"] != "service-test" {
		t.Fatalf("the status is %+v, %v", status, err)
	}
	warned, err := client.Reclaim(t.Context(), ReclaimRequest{})
	if err != nil || len(warned.Tasks) != 1 {
		t.Errorf("reclaimed %+v, %v, want one task", warned, err)
	}
	if _, err := client.Reclaim(t.Context(), ReclaimRequest{Task: "ffff"}); err == nil || !strings.Contains(err.Error(), "no task that runs has an id like ffff") {
		t.Errorf("a task that does not exist: %v", err)
	}
	select {
	case <-asked:
		t.Error("the end was asked for")
	default:
	}
	if err := client.Down(t.Context()); err != nil {
		t.Error(err)
	}
	select {
	case <-asked:
	case <-time.After(5 * time.Second):
		t.Error("the end was not asked for")
	}
}

func TestI5_AnUpdateThroughTheSocketShowsItsEvents(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e, client := p.connected(t, blueGreenStack(nil))
	request := UpdateRequest{
		Assembly: assemblyDir(t, blueGreenStack(version("2"))), Parameters: map[string]string{"InitialDeployment": "false"},
	}
	var seen []string
	note := func(event Event) {
		if event.Type == stackType || event.Type == "deployment" {
			seen = append(seen, event.Status)
		}
	}
	if err := client.Update(t.Context(), request, note); err != nil {
		t.Fatal(err)
	}
	for _, status := range []string{UpdateInProgress, StageProductionShift, DeploymentSuccessful, UpdateCompleteCleanup, UpdateComplete} {
		if !slices.Contains(seen, status) {
			t.Errorf("the events are %q, want %s among them", seen, status)
		}
	}
	if err := client.Update(t.Context(), request, note); !errors.Is(err, ErrNoUpdates) {
		t.Errorf("the same again: %v, want that nothing is to be done", err)
	}
	if err := client.Rollback(t.Context(), note); err != nil {
		t.Error(err)
	}
	request.Assembly = filepath.Join(t.TempDir(), "nothing")
	wantError(t, client.Update(t.Context(), request, note), "there is no cloud assembly")
	if got := e.Status().Services[0].Running; got != 2 {
		t.Errorf("%d tasks run, want 2", got)
	}
}

// Nobody else on the machine can connect.
func TestI5_TheSocketIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e, client := p.connected(t, nil)
	info, err := os.Stat(client.State.Socket)
	if err != nil || info.Mode().Perm() != privateFile {
		t.Errorf("the socket's mode is %v, %v", info.Mode(), err)
	}
	if folder, err := os.Stat(filepath.Dir(client.State.Socket)); err != nil || folder.Mode().Perm() != privateDir {
		t.Errorf("the mode of the socket's folder is %v, %v", folder.Mode(), err)
	}
	p.down(t, e)
	if _, err := os.Stat(client.State.Socket); err == nil {
		t.Error("the socket is left")
	}
	if _, err := client.Status(t.Context()); err == nil || !strings.Contains(err.Error(), "the environment does not answer") {
		t.Errorf("after the end: %v", err)
	}
}

// A path that is too long for a socket is no reason not to start.
func TestI5_AStateFolderWithALongPath(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.options.StateDir = filepath.Join(p.options.StateDir, strings.Repeat("long/", 30))
	e, client := p.connected(t, nil)
	if _, err := client.Status(t.Context()); err != nil {
		t.Error(err)
	}
	p.down(t, e)
	if _, err := os.Stat(filepath.Dir(client.State.Socket)); err == nil {
		t.Error("the socket's folder is left")
	}
}

func TestI5_EventsAreKeptAfterTheEnd(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	reader := NewEventReader(p.options.StateDir)
	e := p.up(t, nil)
	first, err := reader.Read()
	if err != nil || !slices.ContainsFunc(first, func(e Event) bool { return e.Status == CreateComplete && e.Type == stackType }) {
		t.Errorf("the events are %+v, %v", first, err)
	}
	if code, _ := p.ask(t, e, http.MethodGet, "/health"); code != 200 {
		t.Error(code)
	}
	p.down(t, e)
	rest, err := reader.Read()
	if err != nil || len(rest) == 0 || rest[len(rest)-1].Status != DeleteComplete || rest[len(rest)-1].ID != "stack-registry-test" {
		t.Errorf("after the end the events are %+v, %v", rest, err)
	}
}
