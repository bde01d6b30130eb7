package local

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"catalog/local/balancer"
)

// listener answers on one port by its rules.
type listener struct {
	declared
	balancer    *loadBalancer
	port        int
	engine      *balancer.Listener
	secure      *secureListener // nil for HTTP
	once        sync.Once
	environment *Environment

	mu       sync.RWMutex
	socket   net.Listener // nil before it listens
	fallback balancer.Action
	rules    []*listenerRule
}

// listenerProperties are what both a new listener and an update have.
type listenerProperties struct {
	LoadBalancerArn, Protocol, SslPolicy string
	Port                                 number
	Certificates                         []struct{ CertificateArn string }
	DefaultActions                       []actionProperties
}

func newListener(e *Environment, d declared) (runner, error) {
	var p listenerProperties
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	if p.Protocol != "HTTP" && p.Protocol != "HTTPS" {
		return nil, fmt.Errorf("its protocol is %s: the local place has HTTP and HTTPS listeners", p.Protocol)
	}
	lb, err := find[*loadBalancer](e, p.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	l := &listener{declared: d, balancer: lb, port: int(p.Port), engine: lb.engine.NewListener(int(p.Port))}
	if p.Protocol == "HTTPS" {
		if l.secure, err = newSecureListener(e, d, p); err != nil {
			return nil, err
		}
	}
	if l.fallback, err = newAction(e, lb, p.DefaultActions); err != nil {
		return nil, at("its default action", err)
	}
	l.environment = e
	return l, nil
}

func (l *listener) start(context.Context) error {
	if l.secure != nil {
		config, err := l.secure.config()
		if err != nil {
			return err
		}
		l.engine.SetTLS(config)
	}
	socket, err := l.balancer.listen(l.port)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.socket = socket
	l.publish()
	l.engine.Serve(socket)
	return nil
}

// update changes the default action, and the security policy of HTTPS.
func (l *listener) update(_ context.Context, d declared) error {
	var p listenerProperties
	if err := d.decode(&p); err != nil {
		return err
	}
	if int(p.Port) != l.port || (p.Protocol == "HTTPS") != (l.secure != nil) {
		return fmt.Errorf("it changes from port %d to %s port %d: a listener here keeps its port and protocol, so stop the environment and start it anew",
			l.port, p.Protocol, int(p.Port))
	}
	fallback, err := newAction(l.environment, l.balancer, p.DefaultActions)
	if err != nil {
		return at("its default action", err)
	}
	if l.secure != nil {
		secure, err := newSecureListener(l.environment, d, p)
		if err != nil {
			return err
		}
		config, err := secure.config()
		if err != nil {
			return err
		}
		l.engine.SetTLS(config)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fallback = fallback
	l.publish()
	return nil
}

// closeTimeout is how long requests in flight may take when the front door
// closes.
const closeTimeout = 10 * time.Second

// stop takes no new connection and waits for the requests in flight.
func (l *listener) stop(ctx context.Context) error {
	var err error
	l.once.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, closeTimeout)
		defer cancel()
		err = l.engine.Stop(ctx)
		l.mu.RLock()
		defer l.mu.RUnlock()
		if l.socket != nil {
			l.balancer.release(l.socket)
		}
	})
	return err
}

// publish makes the engine go by the rules as they are. The lock is held.
func (l *listener) publish() {
	table := balancer.Table{Default: l.fallback}
	for _, rule := range l.rules {
		table.Rules = append(table.Rules, rule.rule)
	}
	l.engine.SetTable(table)
}

// insert adds a rule, or changes one. The lock is held.
func (l *listener) insert(r *listenerRule, rule balancer.Rule) error {
	for _, other := range l.rules {
		if other != r && other.rule.Priority == rule.Priority {
			return fmt.Errorf("its priority %d is taken by %s", rule.Priority, other.id)
		}
	}
	r.rule = rule
	if !slices.Contains(l.rules, r) {
		l.rules = append(l.rules, r)
	}
	l.publish()
	return nil
}

func (l *listener) remove(rule *listenerRule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rules = slices.DeleteFunc(l.rules, func(r *listenerRule) bool { return r == rule })
	l.publish()
}

func (l *listener) ref() string {
	return l.arn("elasticloadbalancing", "listener/app/"+l.balancer.name()+"/local/"+strconv.Itoa(l.port))
}

func (l *listener) attribute(name string) (string, bool) { return l.ref(), name == "ListenerArn" }

func (l *listener) status() ListenerStatus {
	l.mu.RLock()
	defer l.mu.RUnlock()
	status := ListenerStatus{Name: l.balancer.name(), Port: l.port}
	if l.socket != nil {
		status.Address = l.socket.Addr().String()
	}
	return status
}
