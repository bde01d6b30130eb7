package local

import (
	"context"
	"fmt"
	"sync"

	"catalog/local/balancer"
)

// targetGroup spreads requests over the targets that are healthy. The work is
// package balancer's.
type targetGroup struct {
	declared
	engine *balancer.Group

	mu       sync.Mutex
	balancer *loadBalancer // nil until an action refers to the group
}

// States of a target (AWS: TargetHealth).
const (
	targetInitial   = balancer.Initial
	targetHealthy   = balancer.Healthy
	targetUnhealthy = balancer.Unhealthy
	targetDraining  = balancer.Draining
	targetUnused    = balancer.Unused
)

func newTargetGroup(_ *Environment, d declared) (runner, error) {
	settings, err := targetGroupSettings(d)
	if err != nil {
		return nil, err
	}
	g := &targetGroup{declared: d}
	g.engine = balancer.NewGroup(g.ref(), settings)
	return g, nil
}

// attach puts the group behind a load balancer.
func (g *targetGroup) attach(lb *loadBalancer) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch g.balancer {
	case nil:
		g.balancer = lb
		lb.add(g)
	case lb:
	default:
		return fmt.Errorf("it refers to the target group %s of the load balancer %s: a group has one load balancer, so give each its own",
			g.name(), g.balancer.name())
	}
	return nil
}

func (g *targetGroup) start(context.Context) error { return nil }

func (g *targetGroup) stop(context.Context) error {
	g.engine.Stop()
	return nil
}

// update changes the health check's settings and the attributes. Its targets
// are checked by the new ones at once.
func (g *targetGroup) update(_ context.Context, d declared) error {
	settings, err := targetGroupSettings(d)
	if err != nil {
		return err
	}
	g.engine.Update(settings)
	return nil
}

// register adds a target and begins to check it at once; changed is called
// whenever its health changes.
func (g *targetGroup) register(address string, changed func()) { g.engine.Register(address, changed) }

// deregister sends a target no new request. It stays until its last request
// has ended or the deregistration delay is over.
func (g *targetGroup) deregister(address string) { g.engine.Deregister(address) }

// health answers a target's state; unused where it is not registered.
func (g *targetGroup) health(address string) string { return g.engine.Health(address) }

// status is the group with the weights that the rules give it.
func (g *targetGroup) status(weights map[int]int) TargetGroupStatus {
	status := TargetGroupStatus{Name: g.name(), Weights: weights, Targets: []TargetStatus{}}
	for _, t := range g.engine.Targets() {
		status.Targets = append(status.Targets, TargetStatus(t))
	}
	return status
}

func (g *targetGroup) ref() string { return g.arn("elasticloadbalancing", g.fullName()) }

func (g *targetGroup) fullName() string { return "targetgroup/" + g.name() + "/local" }

func (g *targetGroup) name() string {
	if name, ok := g.properties["Name"].(string); ok {
		return name
	}
	return g.id
}

func (g *targetGroup) attribute(name string) (string, bool) {
	switch name {
	case "TargetGroupName":
		return g.name(), true
	case "TargetGroupFullName":
		return g.fullName(), true
	case "TargetGroupArn":
		return g.ref(), true
	}
	return "", false
}
