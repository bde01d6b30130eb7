package local

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// draining are tasks that drain longer than any test waits.
func draining() edits {
	return edits{api + "Environment": `[{"Name": "DRAINS", "Value": "1"}]`, api + "StopTimeout": `120`}
}

// retire takes the first task of a provider away, as a Spot reclaim does, and
// answers it.
func (p *place) retire(t *testing.T, e *Environment, provider string) *task {
	t.Helper()
	s := all[*service](e)[0]
	s.mu.Lock()
	i := slices.IndexFunc(s.tasks, func(one *task) bool { return one.place.Provider == provider })
	retired := s.tasks[i]
	s.retire(retired, "the test takes it")
	s.mu.Unlock()
	s.poke()
	return retired
}

func TestC2_ADrainingTaskIsReplacedOnItsOwnProvider(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, draining())
	retired := p.retire(t, e, "FARGATE_SPOT")
	status := p.awaitStatus(t, e, "a replacement runs while the retired task drains", func(s Status) bool {
		return len(s.Services[0].Tasks) == 3 && s.Services[0].Running == 2 && retired.look().Status == taskStopping
	})
	var providers []string
	for _, one := range status.Services[0].Tasks {
		if one.Status == taskRunning {
			providers = append(providers, one.Provider)
		}
	}
	if slices.Sort(providers); !slices.Equal(providers, []string{"FARGATE", "FARGATE_SPOT"}) {
		t.Errorf("the tasks run on %q", providers)
	}
}

// Ctrl-C is quick also for a task that drains already.
func TestG2_AFastStopHurriesATaskThatDrains(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	e := p.up(t, draining())
	retired := p.retire(t, e, "FARGATE")
	p.awaitStatus(t, e, "the retired task has been told", func(Status) bool { return retired.look().Status == taskStopping })
	begin := time.Now()
	p.down(t, e)
	if took := time.Since(begin); took > 15*time.Second {
		t.Errorf("it took %v: the draining task was waited for", took)
	}
}

// stuck never stops by itself.
type stuck struct{ record }

func (stuck) start(context.Context) error { return nil }

func (stuck) stop(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestG7_DownHasADeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &Environment{created: []creation{{declared{id: "Stuck"}, stuck{}}, {declared{id: "Stuck"}, stuck{}}}}
		e.closing, e.close = context.WithCancel(context.Background())
		begin := time.Now()
		wantError(t, e.Down(context.Background()), "stopping Stuck", "deadline exceeded")
		if took := time.Since(begin); took != stopDeadline {
			t.Errorf("it took %v, want %v for everything together", took, stopDeadline)
		}
	})
}
