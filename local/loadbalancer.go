package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// loadBalancer has the settings that its listeners share.
type loadBalancer struct {
	declared
	front       net.Listener
	frontPort   int // whose listener gets the front; 0 is any
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
	return &loadBalancer{
		declared: d, front: e.front, frontPort: productionPort(d.stack.Template, d.id), idleTimeout: time.Duration(idle) * time.Second,
	}, nil
}

// productionPort finds the port of a load balancer's production listener in
// its template: 80 or 443 where there is one, or else the lowest; 0 where the
// template does not say. Which listener is created first says nothing.
func productionPort(template Template, balancer string) int {
	var ports []int
	for _, d := range template.Resources {
		port, err := strconv.Atoi(plain(d.Properties["Port"]))
		if err != nil || d.Type != "AWS::ElasticLoadBalancingV2::Listener" {
			continue
		}
		collectReferences(d.Properties["LoadBalancerArn"], func(name string) {
			if name == balancer {
				ports = append(ports, port)
			}
		})
	}
	for _, usual := range []int{80, 443} {
		if slices.Contains(ports, usual) {
			return usual
		}
	}
	if len(ports) == 0 {
		return 0
	}
	return slices.Min(ports)
}

func (lb *loadBalancer) start(context.Context) error { return nil }
func (lb *loadBalancer) stop(context.Context) error  { return nil }

// listen gives the production listener the front port and the others any free
// one.
func (lb *loadBalancer) listen(port int) (net.Listener, error) {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	if !lb.opened && (port == lb.frontPort || lb.frontPort == 0) {
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
