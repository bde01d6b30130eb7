package balancer

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func picked(g *Group, n int) []string {
	var all []string
	for range n {
		t := g.pick(nil)
		all = append(all, t.address)
		g.done(t)
	}
	return all
}

func TestI5_RoundRobinOverHealthyTargets(t *testing.T) {
	t.Parallel()
	g := NewGroup("blue", testGroup)
	g.add("a", Healthy)
	g.add("sick", Unhealthy)
	g.add("b", Healthy)
	g.add("new", Initial)
	g.add("c", Healthy)
	g.add("going", Draining)
	if got := picked(g, 7); !slices.Equal(got, []string{"a", "b", "c", "a", "b", "c", "a"}) {
		t.Errorf("requests went to %q", got)
	}
	if healthy, unhealthy, known := g.Hosts(); healthy != 3 || unhealthy != 1 || !known {
		t.Errorf("%d healthy and %d unhealthy targets, %v", healthy, unhealthy, known)
	}
}

// ALB fails open: better a target that may be sick than a refusal.
func TestI5_FailsOpenWhenNoTargetIsHealthy(t *testing.T) {
	t.Parallel()
	g := NewGroup("blue", testGroup)
	g.add("a", Unhealthy)
	g.add("going", Draining)
	g.add("b", Initial)
	if got := picked(g, 4); !slices.Equal(got, []string{"a", "b", "a", "b"}) {
		t.Errorf("requests went to %q", got)
	}
}

func TestI5_AnotherTargetWhereThereIsOne(t *testing.T) {
	t.Parallel()
	g := NewGroup("blue", testGroup)
	only := g.add("only", Healthy)
	if got := g.pick(only); got != only {
		t.Error("the only target is not taken again")
	}
	other := g.add("other", Unhealthy)
	if got := g.pick(only); got != only {
		t.Error("a sick target is taken before the healthy one")
	}
	g.setHealth(other, Healthy)
	for range 3 {
		if got := g.pick(only); got != other {
			t.Error("the avoided target is taken")
		}
	}
}

func TestI5_LeastOutstandingRequests(t *testing.T) {
	t.Parallel()
	s := testGroup
	s.LeastOutstanding = true
	g := NewGroup("blue", s)
	g.add("a", Healthy)
	g.add("b", Healthy)
	first, second := g.pick(nil), g.pick(nil)
	if first == second {
		t.Error("a busy target got the second request")
	}
	g.done(second)
	for range 3 {
		got := g.pick(nil)
		if got != second {
			t.Error("the target with the most requests got another")
		}
		g.done(got)
	}
}

// A target that has just become healthy gets a growing share.
func TestI5_SlowStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := testGroup
		s.SlowStart = 100 * time.Second
		g := NewGroup("blue", s)
		g.add("warm", Healthy)
		g.setHealth(g.add("cold", Initial), Healthy)
		const requests = 4000
		share := func() (n int) {
			for _, address := range picked(g, requests) {
				if address == "cold" {
					n++
				}
			}
			return n
		}
		if got := share(); got > requests/100 {
			t.Errorf("at the beginning it gets %d of %d", got, requests)
		}
		time.Sleep(50 * time.Second) // it takes every second of its turns: a third of all
		if got := share(); got < requests*28/100 || got > requests*39/100 {
			t.Errorf("half warm it gets %d of %d, want a third", got, requests)
		}
		time.Sleep(50 * time.Second)
		if got := share(); got != requests/2 {
			t.Errorf("warm it gets %d of %d", got, requests)
		}
	})
}
