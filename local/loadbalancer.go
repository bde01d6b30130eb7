package local

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// loadBalancer has the settings that its listeners share.
type loadBalancer struct {
	declared
	front       net.Listener
	idleTimeout time.Duration

	mu     sync.Mutex
	opened bool // a listener has taken the front
}

func newLoadBalancer(e *Environment, d declared) (runner, error) {
	var p struct {
		Type                   string
		LoadBalancerAttributes attributes
	}
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	if p.Type != "application" && p.Type != "" {
		return nil, fmt.Errorf("its type is %s: the local place has application load balancers", p.Type)
	}
	idle, err := strconv.Atoi(p.LoadBalancerAttributes.get("idle_timeout.timeout_seconds", "60"))
	if err != nil || idle < 1 || idle > 4000 {
		return nil, errors.New("idle_timeout.timeout_seconds must be 1 to 4000")
	}
	return &loadBalancer{declared: d, front: e.front, idleTimeout: time.Duration(idle) * time.Second}, nil
}

func (lb *loadBalancer) start(context.Context) error { return nil }
func (lb *loadBalancer) stop(context.Context) error  { return nil }

// listen gives the first listener the front port and the others any free one.
func (lb *loadBalancer) listen() (net.Listener, error) {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	if !lb.opened {
		lb.opened = true
		return lb.front, nil
	}
	return listenLocal(0, "another listener", "--port")
}

func (lb *loadBalancer) ref() string {
	return lb.arn("elasticloadbalancing", "loadbalancer/app/"+lb.name()+"/local")
}

func (lb *loadBalancer) name() string {
	if name, ok := lb.properties["Name"].(string); ok {
		return name
	}
	return lb.id
}

// attribute: the DNS name has the port behind it, which AWS's never needs.
func (lb *loadBalancer) attribute(name string) (string, bool) {
	switch name {
	case "DNSName":
		return lb.front.Addr().String(), true
	case "LoadBalancerFullName":
		return "app/" + lb.name() + "/local", true
	case "LoadBalancerName":
		return lb.name(), true
	case "LoadBalancerArn":
		return lb.ref(), true
	}
	return "", false
}

// listener answers on one port by its rules.
type listener struct {
	declared
	balancer *loadBalancer
	port     int
	fallback *action
	server   *http.Server
	served   chan error
	once     sync.Once

	mu    sync.RWMutex
	rules []*listenerRule // by priority
}

func newListener(e *Environment, d declared) (runner, error) {
	var p struct {
		LoadBalancerArn, Protocol string
		Port                      number
		DefaultActions            []actionProperties
	}
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	if p.Protocol != "HTTP" {
		return nil, fmt.Errorf("its protocol is %s: the local place has HTTP listeners", p.Protocol)
	}
	balancer, err := find[*loadBalancer](e, p.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	fallback, err := newAction(e, p.DefaultActions)
	if err != nil {
		return nil, at("its default action", err)
	}
	return &listener{declared: d, balancer: balancer, port: int(p.Port), fallback: fallback, served: make(chan error, 1)}, nil
}

func (l *listener) start(context.Context) error {
	socket, err := l.balancer.listen()
	if err != nil {
		return err
	}
	l.server = &http.Server{
		Handler:           l,
		IdleTimeout:       l.balancer.idleTimeout,
		ReadHeaderTimeout: l.balancer.idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(discard{}, "", 0), // clients that break off
	}
	go func() { l.served <- l.server.Serve(socket) }()
	return nil
}

// Limits of an Application Load Balancer (AWS: "Quotas for your Application
// Load Balancers"): all headers together.
const maxHeaderBytes = 64 << 10

// closeTimeout is how long requests in flight may take when the front door
// closes.
const closeTimeout = 10 * time.Second

// stop takes no new connection and waits for the requests in flight.
func (l *listener) stop(ctx context.Context) error {
	var err error
	l.once.Do(func() {
		if l.server == nil {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, closeTimeout)
		defer cancel()
		if err = l.server.Shutdown(ctx); err != nil {
			err = errors.Join(fmt.Errorf("requests were cut off: %w", err), l.server.Close())
		}
		<-l.served
	})
	return err
}

// ServeHTTP runs the first rule that matches, or the default action.
func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.RLock()
	chosen := l.fallback
	for _, rule := range l.rules {
		if rule.matches(r) {
			chosen = rule.action
			break
		}
	}
	l.mu.RUnlock()
	chosen.ServeHTTP(w, r)
}

func (l *listener) add(rule *listenerRule) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, taken := slices.BinarySearchFunc(l.rules, rule.priority, func(r *listenerRule, p int) int { return r.priority - p })
	if taken {
		return fmt.Errorf("its priority %d is taken by %s", rule.priority, l.rules[i].id)
	}
	l.rules = slices.Insert(l.rules, i, rule)
	return nil
}

func (l *listener) remove(rule *listenerRule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rules = slices.DeleteFunc(l.rules, func(r *listenerRule) bool { return r == rule })
}

func (l *listener) ref() string {
	return l.arn("elasticloadbalancing", "listener/app/"+l.balancer.name()+"/local/"+strconv.Itoa(l.port))
}

func (l *listener) attribute(name string) (string, bool) { return l.ref(), name == "ListenerArn" }
