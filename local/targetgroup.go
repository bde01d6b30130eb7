package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// targetGroup spreads requests over the targets that are healthy.
type targetGroup struct {
	declared
	settings  targetGroupSettings
	client    *http.Client
	transport *http.Transport
	proxy     http.Handler

	mu       sync.Mutex
	balancer *loadBalancer // nil until an action refers to the group
	targets  []*target
	next     int // round robin
	closing  sync.WaitGroup
}

// targetGroupSettings are the template's, with ALB's defaults.
type targetGroupSettings struct {
	path                string
	interval, timeout   time.Duration
	healthy, unhealthy  int
	matcher             []statusRange
	deregistrationDelay time.Duration
}

// target is one task's address.
type target struct {
	address  string
	health   string
	inFlight int
	draining bool
	cancel   context.CancelFunc
	idle     chan struct{} // closed when a draining target has no request left
}

// States of a target (AWS: TargetHealth).
const (
	targetInitial   = "initial"
	targetHealthy   = "healthy"
	targetUnhealthy = "unhealthy"
	targetDraining  = "draining"
	targetUnused    = "unused"
)

func newTargetGroup(_ *Environment, d declared) (runner, error) {
	var p struct {
		HealthCheckPath                                       string
		HealthCheckIntervalSeconds, HealthCheckTimeoutSeconds number
		HealthyThresholdCount, UnhealthyThresholdCount        number
		Matcher                                               struct{ HttpCode string }
		TargetGroupAttributes                                 attributes
	}
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	matcher, err := parseMatcher(orElse(p.Matcher.HttpCode, "200"))
	if err != nil {
		return nil, err
	}
	delay, err := strconv.Atoi(p.TargetGroupAttributes.get("deregistration_delay.timeout_seconds", "300"))
	if err != nil || delay < 0 || delay > 3600 {
		return nil, errors.New("deregistration_delay.timeout_seconds must be 0 to 3600")
	}
	g := &targetGroup{
		declared: d,
		settings: targetGroupSettings{
			path:     orElse(p.HealthCheckPath, "/"),
			interval: seconds(p.HealthCheckIntervalSeconds, 30*time.Second),
			timeout:  seconds(p.HealthCheckTimeoutSeconds, 5*time.Second),
			healthy:  orInt(p.HealthyThresholdCount, 5), unhealthy: orInt(p.UnhealthyThresholdCount, 2),
			matcher: matcher, deregistrationDelay: time.Duration(delay) * time.Second,
		},
	}
	g.client = &http.Client{
		Timeout:       g.settings.timeout,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	g.transport = newTransport()
	g.proxy = newProxy(g.transport)
	return g, nil
}

// attach puts the group behind a load balancer, whose idle timeout is how long
// a target may take to answer. No request comes before the first attachment.
func (g *targetGroup) attach(lb *loadBalancer) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch g.balancer {
	case nil:
		g.balancer = lb
		g.transport.ResponseHeaderTimeout = lb.idleTimeout
	case lb:
	default:
		return fmt.Errorf("it refers to the target group %s of the load balancer %s: a group has one load balancer, so give each its own",
			g.name(), g.balancer.name())
	}
	return nil
}

func orInt(n number, fallback int) int {
	if n == 0 {
		return fallback
	}
	return int(n)
}

func (g *targetGroup) start(context.Context) error { return nil }

func (g *targetGroup) stop(context.Context) error {
	g.mu.Lock()
	for _, t := range g.targets {
		t.cancel()
	}
	g.mu.Unlock()
	g.closing.Wait()
	return nil
}

// register adds a target and begins to check it at once; changed is called
// whenever its health changes.
func (g *targetGroup) register(address string, changed func()) {
	ctx, cancel := context.WithCancel(context.Background())
	t := &target{address: address, health: targetInitial, cancel: cancel, idle: make(chan struct{})}
	g.mu.Lock()
	g.targets = append(g.targets, t)
	g.mu.Unlock()
	g.closing.Go(func() {
		checker := healthChecker{settings: g.settings, probe: func(ctx context.Context) bool { return g.probe(ctx, address) }}
		checker.run(ctx, func(health string) {
			g.setHealth(t, health)
			changed()
		})
	})
}

// setHealth keeps what a check said, unless its target began to drain
// meanwhile.
func (g *targetGroup) setHealth(t *target, health string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !t.draining {
		t.health = health
	}
}

// health answers a target's state; unused where it is not registered.
func (g *targetGroup) health(address string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.targets {
		if t.address == address {
			return t.health
		}
	}
	return targetUnused
}

// pick takes the next target in turn: a healthy one, or, when none is, any
// that is registered, as ALB fails open.
func (g *targetGroup) pick() *target {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, wanted := range []func(*target) bool{
		func(t *target) bool { return t.health == targetHealthy },
		func(t *target) bool { return !t.draining },
	} {
		for i := range g.targets {
			t := g.targets[(g.next+i)%len(g.targets)]
			if wanted(t) {
				g.next = (g.next + i + 1) % len(g.targets)
				t.inFlight++
				return t
			}
		}
	}
	return nil
}

func (g *targetGroup) probe(ctx context.Context, address string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+g.settings.path, nil)
	if err != nil {
		return false
	}
	request.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	response, err := g.client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, 1<<10))
	return slices.ContainsFunc(g.settings.matcher, func(r statusRange) bool {
		return response.StatusCode >= r.from && response.StatusCode <= r.to
	})
}

func (g *targetGroup) ref() string {
	return g.arn("elasticloadbalancing", "targetgroup/"+g.name()+"/local")
}

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
		return "targetgroup/" + g.name() + "/local", true
	case "TargetGroupArn":
		return g.ref(), true
	}
	return "", false
}
