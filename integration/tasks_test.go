package integration

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"catalog/contract"
	"catalog/local"
)

const (
	wantedTasks   = 2
	watchInterval = 250 * time.Millisecond
)

// status reads what runs, on this machine.
func (s system) status() (local.Status, error) {
	var status local.Status
	response, err := s.client.Get(s.outputs[contract.OutputDashboardURL] + "status.json")
	if err != nil {
		return status, err
	}
	defer response.Body.Close()
	return status, json.NewDecoder(response.Body).Decode(&status)
}

func healthyTasks(status local.Status) []local.TaskStatus {
	var healthy []local.TaskStatus
	for _, service := range status.Services {
		for _, task := range service.Tasks {
			if task.Status == "RUNNING" && task.Health == "healthy" {
				healthy = append(healthy, task)
			}
		}
	}
	return healthy
}

// targetWatch looks all the time whether two targets are healthy (S2).
type targetWatch struct {
	done, ended chan struct{}
	failure     error
}

// killing is true while a test has killed a task and no other is there yet.
var killing atomic.Bool

func watchTargets() *targetWatch {
	w := &targetWatch{done: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		for target.isLocal() {
			before := killing.Load()
			status, err := target.status()
			if healthy := healthyTasks(status); err == nil && len(healthy) < wantedTasks && !before && !killing.Load() {
				err = fmt.Errorf("S2: only %d targets were healthy, want %d at any time", len(healthy), wantedTasks)
			}
			if err != nil && w.failure == nil {
				w.failure = err
			}
			select {
			case <-w.done:
				return
			case <-time.After(watchInterval):
			}
		}
	}()
	return w
}

func (w *targetWatch) stop() error {
	close(w.done)
	<-w.ended
	return w.failure
}

// TestS2_KilledTaskIsReplaced kills a task's process and waits for another
// one in its place, while the load balancer goes on answering. It is not
// parallel: the other tests see two tasks all the time.
func TestS2_KilledTaskIsReplaced(t *testing.T) {
	onThisMachine(t)
	status, err := target.status()
	if err != nil {
		t.Fatal(err)
	}
	before := healthyTasks(status)
	if len(before) != wantedTasks {
		t.Fatalf("%d tasks are healthy before, want %d", len(before), wantedTasks)
	}
	victim := before[0]
	killing.Store(true)
	defer killing.Store(false)
	if err := syscall.Kill(victim.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		a, err := target.request("GET", contract.APIBase+"/products?limit=1", "", nil)
		if err != nil || a.status != 200 && a.status != 502 { // 502 while the load balancer has not noticed, as on AWS
			t.Fatalf("with one task killed the load balancer answers %d %v", a.status, err)
		}
		if status, err = target.status(); err != nil {
			t.Fatal(err)
		}
		after := healthyTasks(status)
		gone := !slices.ContainsFunc(after, func(task local.TaskStatus) bool { return task.ID == victim.ID })
		if gone && len(after) == wantedTasks {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the task %s was not replaced within 30 s: %+v", victim.ID, status.Services)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestC2_TasksRunOnSpotAndOnDemand: of two tasks, the base keeps one on
// demand and the weights put the other on Spot.
func TestC2_TasksRunOnSpotAndOnDemand(t *testing.T) {
	onThisMachine(t)
	status, err := target.status()
	if err != nil {
		t.Fatal(err)
	}
	providers, zones := map[string]int{}, map[string]bool{}
	for _, task := range healthyTasks(status) {
		providers[task.Provider]++
		zones[task.Zone] = true
	}
	if providers["FARGATE"] != 1 || providers["FARGATE_SPOT"] != 1 {
		t.Errorf("two tasks run on %v, want one on each provider", providers)
	}
	if len(zones) != wantedTasks {
		t.Errorf("two tasks run in the zones %v, want two of them", zones)
	}
}
