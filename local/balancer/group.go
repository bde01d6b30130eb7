package balancer

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// States of a target (AWS: "Target health status").
const (
	Initial   = "initial"
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Draining  = "draining"
	Unused    = "unused"
)

// GroupSettings are a target group's; all can change while it runs.
type GroupSettings struct {
	// Path, or with its query the target, of a health check; "/" by default.
	Path string
	// Port of a health check; 0 is the target's own (traffic-port).
	Port int
	// Interval, Timeout: from one check to the next, and how long one may
	// take. 30 s and 5 s by default.
	Interval, Timeout time.Duration
	// HealthyThreshold, UnhealthyThreshold: how many checks in a row change a
	// target's state. 5 and 2 by default.
	HealthyThreshold, UnhealthyThreshold int
	// Matcher are the statuses of a passed check; 200 by default.
	Matcher Matcher
	// DeregistrationDelay is how long a leaving target may finish its
	// requests, 0 to 3600 s.
	DeregistrationDelay time.Duration
	// SlowStart is how long a target's share of the requests grows after it
	// became healthy, 30 to 900 s; 0 is off.
	SlowStart time.Duration
	// LeastOutstanding sends to the target with the fewest requests in
	// flight, instead of to each in turn (load_balancing.algorithm.type).
	LeastOutstanding bool
}

// Group is a target group.
type Group struct {
	// Name is its full name or ARN, as the access log has it.
	Name string

	settings atomic.Pointer[GroupSettings]
	recorder Recorder
	dial     func(ctx context.Context, address string) (net.Conn, error)

	mu      sync.Mutex
	targets []*target
	next    int           // round robin
	updated chan struct{} // closed when the settings change
	closing sync.WaitGroup
}

// TargetState is a target's address and state.
type TargetState struct{ Address, Health string }

// target is one registered address.
type target struct {
	address  string
	health   string
	since    time.Time // when it became healthy
	inFlight int
	draining bool
	cancel   context.CancelFunc
	idle     chan struct{} // closed when a draining target has no request left
	pool     pool
}

// connectTimeout is ALB's for a connection to a target (AWS: "Troubleshoot
// your Application Load Balancers", 504).
const connectTimeout = 10 * time.Second

// NewGroup makes a group without targets.
func NewGroup(name string, s GroupSettings) *Group {
	dialer := &net.Dialer{Timeout: connectTimeout}
	g := &Group{Name: name, updated: make(chan struct{}), dial: func(ctx context.Context, address string) (net.Conn, error) {
		return dialer.DialContext(ctx, "tcp", address)
	}}
	g.settings.Store(&s)
	return g
}

// Settings are the group's at this moment.
func (g *Group) Settings() GroupSettings { return *g.settings.Load() }

// Update changes the settings. Every target is checked by the new ones from
// now on; what was counted of it stays.
func (g *Group) Update(s GroupSettings) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settings.Store(&s)
	close(g.updated)
	g.updated = make(chan struct{})
}

// look answers the settings and what is closed when they change.
func (g *Group) look() (*GroupSettings, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.settings.Load(), g.updated
}

// Register adds a target and begins to check it at once; changed is called
// whenever its health changes.
func (g *Group) Register(address string, changed func()) {
	ctx, cancel := context.WithCancel(context.Background())
	t := &target{address: address, health: Initial, cancel: cancel, idle: make(chan struct{})}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.targets = append(g.targets, t)
	g.closing.Go(func() {
		checker := healthChecker{look: g.look, probe: func(ctx context.Context, s *GroupSettings) bool {
			t.pool.reap(time.Now())
			return g.probe(ctx, s, address)
		}}
		checker.run(ctx, func(health string) {
			g.setHealth(t, health)
			changed()
		})
	})
}

// setHealth keeps what a check said, unless its target began to drain
// meanwhile.
func (g *Group) setHealth(t *target, health string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.draining {
		return
	}
	t.health = health
	if health == Healthy {
		t.since = time.Now()
	}
}

// Targets are the group's at this moment, in the order of their registration.
func (g *Group) Targets() []TargetState {
	g.mu.Lock()
	defer g.mu.Unlock()
	states := make([]TargetState, 0, len(g.targets))
	for _, t := range g.targets {
		states = append(states, TargetState{t.address, t.health})
	}
	return states
}

// Health answers a target's state; Unused where it is not registered. An
// address that was registered again answers for the newer registration.
func (g *Group) Health(address string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	health := Unused
	for _, t := range g.targets {
		if t.address == address {
			health = t.health
		}
	}
	return health
}

// Hosts counts the targets that are healthy and those that are not. known is
// false for a group without targets.
func (g *Group) Hosts() (healthy, unhealthy int, known bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.targets {
		switch t.health {
		case Healthy:
			healthy++
		case Unhealthy:
			unhealthy++
		}
	}
	return healthy, unhealthy, len(g.targets) > 0
}

// Stop ends the checks and waits for them.
func (g *Group) Stop() {
	g.mu.Lock()
	for _, t := range g.targets {
		t.cancel()
		t.pool.close()
	}
	g.mu.Unlock()
	g.closing.Wait()
}

// Drain takes what was counted since the last call.
func (g *Group) Drain() *Counts { return g.recorder.drain() }
