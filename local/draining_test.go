package local

import (
	"testing"
	"testing/synctest"
	"time"
)

// An idle target goes at once, a busy one with its last request.
func TestDrainingEndsWithTheLastRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newTestGroup(t, answering("ok"))
		defer g.stop(t.Context())
		g.register("idle", func() {})
		g.register("busy", func() {})
		synctest.Wait()
		g.pick() // idle
		busy := g.pick()
		g.done(g.targets[0])

		g.deregister("idle")
		g.deregister("busy")
		synctest.Wait()
		if got := g.health("idle"); got != targetUnused {
			t.Errorf("a target without requests is %s", got)
		}
		if got := g.health("busy"); got != targetDraining {
			t.Errorf("a target with a request is %s", got)
		}
		if got := g.pick(); got != nil {
			t.Errorf("a draining target got a new request: %s", got.address)
		}
		time.Sleep(29 * time.Second)
		g.done(busy)
		synctest.Wait()
		if got := g.health("busy"); got != targetUnused {
			t.Errorf("after its last request it is %s", got)
		}
	})
}

func TestDrainingEndsAfterTheDeregistrationDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newTestGroup(t, answering("ok"))
		defer g.stop(t.Context())
		g.register("busy", func() {})
		synctest.Wait()
		last := g.pick()
		g.deregister("busy")
		g.deregister("busy") // a second time is nothing
		time.Sleep(30*time.Second - time.Millisecond)
		if got := g.health("busy"); got != targetDraining {
			t.Errorf("just before the delay is over it is %s", got)
		}
		time.Sleep(2 * time.Millisecond)
		if got := g.health("busy"); got != targetUnused {
			t.Errorf("after the delay it is %s", got)
		}
		g.done(last) // must not close what is closed
	})
}

// A check that was under way when its target began to drain must not bring
// the target back.
func TestADrainingTargetStaysDraining(t *testing.T) {
	t.Parallel()
	g := newTestGroup(t, nil)
	going := &target{address: "going", health: targetHealthy, cancel: func() {}, idle: make(chan struct{})}
	g.targets = []*target{going}
	held := g.pick()
	g.deregister("going")
	g.setHealth(going, targetHealthy)
	if got := g.health("going"); got != targetDraining {
		t.Errorf("it is %s", got)
	}
	g.done(held)
	g.closing.Wait()
}
