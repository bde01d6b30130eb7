package local

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"catalog/local/balancer"
)

// loadBalancer has the settings that its listeners share. The work is package
// balancer's.
type loadBalancer struct {
	declared
	engine    *balancer.Balancer
	front     net.Listener
	frontPort int    // whose listener gets the front; 0 is any
	logPath   string // of its access log

	mu     sync.Mutex
	holder net.Listener // of the front: nil before a listener took it, and after it stopped
	used   bool         // the front was taken once
	groups []*targetGroup
	logs   bool // its attributes say so
	log    *balancer.AccessLog
	minute int64 // of the last collection
}

// albLogs is the folder of access logs below logsDir.
const albLogs = "alb"

func newLoadBalancer(e *Environment, d declared) (runner, error) {
	settings, logs, err := loadBalancerSettings(d)
	if err != nil {
		return nil, err
	}
	lb := &loadBalancer{
		declared: d, front: e.front, frontPort: productionPort(d.stack.Template, d.id), logs: logs,
	}
	lb.logPath = filepath.Join(e.options.StateDir, logsDir, albLogs, lb.name(), "access_log")
	lb.engine = balancer.New(lb.fullName(), settings)
	return lb, nil
}

// productionPort finds the port of a load balancer's production listener in
// its template: 443 or 80 where there is one, or else the lowest; 0 where the
// template does not say. With both, HTTPS is production and HTTP redirects to
// it. Which listener is created first says nothing.
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
	for _, usual := range []int{443, 80} {
		if slices.Contains(ports, usual) {
			return usual
		}
	}
	if len(ports) == 0 {
		return 0
	}
	return slices.Min(ports)
}

func (lb *loadBalancer) start(context.Context) error {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	return lb.switchLog()
}

func (lb *loadBalancer) stop(context.Context) error {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	lb.logs = false
	return lb.switchLog()
}

// update changes the attributes.
func (lb *loadBalancer) update(_ context.Context, d declared) error {
	settings, logs, err := loadBalancerSettings(d)
	if err != nil {
		return err
	}
	lb.mu.Lock()
	defer lb.mu.Unlock()
	before := lb.logs
	lb.logs = logs
	if err := lb.switchLog(); err != nil {
		lb.logs = before
		return err
	}
	lb.engine.Update(settings)
	return nil
}

// switchLog opens or closes the access log as the attributes say. The lock is
// held.
func (lb *loadBalancer) switchLog() error {
	switch {
	case lb.logs && lb.log == nil:
		log, err := balancer.OpenAccessLog(lb.logPath)
		if err != nil {
			return fmt.Errorf("its access log cannot be written: %w: free some space, or look who owns the state folder", err)
		}
		lb.log = log
		lb.engine.LogTo(log)
	case !lb.logs && lb.log != nil:
		log := lb.engine.LogTo(nil)
		lb.log = nil
		return log.Close()
	}
	return nil
}

// listen gives the production listener the front port and the others any free
// one. A listener that replaces the production listener gets its port.
func (lb *loadBalancer) listen(port int) (net.Listener, error) {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	if lb.holder != nil || port != lb.frontPort && lb.frontPort != 0 {
		return listenLocal(0, "another listener", "--port")
	}
	socket := lb.front
	if lb.used {
		var err error
		if socket, err = listenLocal(socket.Addr().(*net.TCPAddr).Port, "the load balancer", "--port"); err != nil {
			return nil, err
		}
	}
	lb.holder, lb.used = socket, true
	return socket, nil
}

// release takes a listener's socket back, which is closed.
func (lb *loadBalancer) release(socket net.Listener) {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	if lb.holder == socket {
		lb.holder = nil
	}
}

// add puts a target group behind the load balancer.
func (lb *loadBalancer) add(g *targetGroup) {
	lb.mu.Lock()
	defer lb.mu.Unlock()
	lb.groups = append(lb.groups, g)
}

func (lb *loadBalancer) ref() string {
	return lb.arn("elasticloadbalancing", "loadbalancer/"+lb.fullName())
}

func (lb *loadBalancer) fullName() string { return "app/" + lb.name() + "/local" }

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
		return lb.fullName(), true
	case "LoadBalancerName":
		return lb.name(), true
	case "LoadBalancerArn":
		return lb.ref(), true
	}
	return "", false
}
