package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// targetGroup spreads requests over the targets that are healthy.
type targetGroup struct {
	declared
	settings targetGroupSettings
	client   *http.Client
	proxy    http.Handler

	mu      sync.Mutex
	targets []*target
	next    int // round robin
	closing sync.WaitGroup
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
	g.proxy = newProxy()
	return g, nil
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

// deregister sends a target no new request. It stays until its last request
// has ended or the deregistration delay is over; a target without requests
// goes at once, as on AWS.
func (g *targetGroup) deregister(address string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.targets, func(t *target) bool { return t.address == address && !t.draining })
	if i < 0 {
		return
	}
	t := g.targets[i]
	t.draining, t.health = true, targetDraining
	t.cancel()
	if t.inFlight == 0 {
		close(t.idle)
	}
	g.closing.Go(func() {
		select {
		case <-t.idle:
		case <-time.After(g.settings.deregistrationDelay):
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.targets = slices.DeleteFunc(g.targets, func(other *target) bool { return other == t })
	})
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

func (g *targetGroup) done(t *target) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.inFlight--; t.inFlight == 0 && t.draining {
		close(t.idle)
	}
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

// statusRange is a range of HTTP status codes, both ends in it.
type statusRange struct{ from, to int }

// parseMatcher reads codes like "200", "200,202" or "200-299" (AWS: Matcher).
func parseMatcher(text string) ([]statusRange, error) {
	var ranges []statusRange
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil || from < 200 || to > 499 || from > to {
			return nil, fmt.Errorf("its matcher is %q: it must be codes from 200 to 499 like 200, 200,202 or 200-299", text)
		}
		ranges = append(ranges, statusRange{from, to})
	}
	return ranges, nil
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
	case "LoadBalancerArns":
		return "", false
	}
	return "", false
}
