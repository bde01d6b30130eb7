package local

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// listener answers on one port by its rules.
type listener struct {
	declared
	balancer *loadBalancer
	port     int
	fallback *action
	server   *http.Server
	served   chan error
	once     sync.Once

	mu      sync.RWMutex
	address string          // "" before it listens
	rules   []*listenerRule // by priority
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
	fallback, err := newAction(e, balancer, p.DefaultActions)
	if err != nil {
		return nil, at("its default action", err)
	}
	return &listener{declared: d, balancer: balancer, port: int(p.Port), fallback: fallback, served: make(chan error, 1)}, nil
}

func (l *listener) start(context.Context) error {
	socket, err := l.balancer.listen(l.port)
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
	l.mu.Lock()
	l.address = socket.Addr().String()
	l.mu.Unlock()
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

func (l *listener) status() ListenerStatus {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return ListenerStatus{Name: l.balancer.name(), Port: l.port, Address: l.address}
}
