package balancer

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// newPipedGroup has targets that a function serves, without a network.
func newPipedGroup(serve func(net.Conn)) *Group {
	g := NewGroup("blue", testGroup)
	g.dial = func(context.Context, string) (net.Conn, error) {
		if serve == nil {
			return nil, errors.New("nobody is there")
		}
		here, there := net.Pipe()
		go serve(there)
		return here, nil
	}
	return g
}

// answering200 reads one request and answers it.
func answering200(c net.Conn) {
	defer c.Close()
	if _, err := newConn(c).head(maxHead); err == nil {
		c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	}
}

// An idle target goes at once, a busy one with its last request.
func TestL3_DrainingEndsWithTheLastRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newPipedGroup(answering200)
		defer g.Stop()
		g.Register("idle", func() {})
		g.Register("busy", func() {})
		synctest.Wait()
		idle := g.pick(nil)
		busy := g.pick(nil)
		g.done(idle)

		g.Deregister("idle")
		g.Deregister("busy")
		synctest.Wait()
		if got := g.Health("idle"); got != Unused {
			t.Errorf("a target without requests is %s", got)
		}
		if got := g.Health("busy"); got != Draining {
			t.Errorf("a target with a request is %s", got)
		}
		if got := g.pick(nil); got != nil {
			t.Errorf("a draining target got a new request: %s", got.address)
		}
		time.Sleep(29 * time.Second)
		g.done(busy)
		synctest.Wait()
		if got := g.Health("busy"); got != Unused {
			t.Errorf("after its last request it is %s", got)
		}
	})
}

func TestL3_DrainingEndsAfterTheDeregistrationDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newPipedGroup(answering200)
		defer g.Stop()
		g.Register("busy", func() {})
		synctest.Wait()
		last := g.pick(nil)
		g.Deregister("busy")
		g.Deregister("busy") // a second time is nothing
		time.Sleep(30*time.Second - time.Millisecond)
		if got := g.Health("busy"); got != Draining {
			t.Errorf("just before the delay is over it is %s", got)
		}
		time.Sleep(2 * time.Millisecond)
		if got := g.Health("busy"); got != Unused {
			t.Errorf("after the delay it is %s", got)
		}
		g.done(last) // must not close what is closed
	})
}

// A check that was under way when its target began to drain must not bring
// the target back.
func TestL3_ADrainingTargetStaysDraining(t *testing.T) {
	t.Parallel()
	g := newPipedGroup(nil)
	going := g.add("going", Healthy)
	held := g.pick(nil)
	g.Deregister("going")
	g.setHealth(going, Healthy)
	if got := g.Health("going"); got != Draining {
		t.Errorf("it is %s", got)
	}
	g.done(held)
	g.closing.Wait()
}

// Whoever looks at the group sees each change.
func TestI5_TargetsAreListed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newPipedGroup(answering200)
		wantTargets(t, g)
		g.Register("a", func() {})
		synctest.Wait()
		wantTargets(t, g, TargetState{"a", Healthy})
		held := g.pick(nil)
		g.Deregister("a")
		wantTargets(t, g, TargetState{"a", Draining})
		g.done(held)
		synctest.Wait()
		wantTargets(t, g)
		g.Stop()
	})
}

func wantTargets(t *testing.T, g *Group, want ...TargetState) {
	t.Helper()
	if got := g.Targets(); !slices.Equal(got, want) {
		t.Errorf("the targets are %v, want %v", got, want)
	}
}
