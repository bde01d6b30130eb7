package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"catalog/contract"
	"catalog/local/balancer"
)

// balancerRole makes this program the load balancer: one that crashed would
// take the other half with it.
const balancerRole = "balancer"

// serveBalancer serves until SIGTERM in front of one target, with the
// template's rule.
func serveBalancer(target, log string) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	file, err := balancer.OpenAccessLog(log)
	if err != nil {
		return err
	}
	defer file.Close()
	b := balancer.New("app/badinput/local", balancer.DefaultSettings)
	b.LogTo(file)
	group := balancer.NewGroup("targetgroup/badinput/local", balancer.GroupSettings{
		Path: contract.HealthPath, Interval: 30 * time.Second, Timeout: 5 * time.Second, HealthyThreshold: 2, UnhealthyThreshold: 2,
		Matcher: balancer.Matcher{{From: 200, To: 200}},
	})
	defer group.Stop()
	group.Register(target, func() {})
	rule := balancer.Rule{
		Priority: 10, Conditions: []balancer.Condition{{Field: "path-pattern", Values: []string{contract.APIPrefix + "*", contract.HealthPath}}},
		Action: balancer.Action{Forward: []balancer.Weighted{{Group: group, Weight: 100}}},
	}
	if err := rule.Compile(); err != nil {
		return err
	}
	listener := b.NewListener(80)
	listener.SetTable(balancer.Table{Rules: []balancer.Rule{rule}, Default: balancer.Action{Fixed: &balancer.Fixed{Status: 404}}})
	listener.Serve(l)
	fmt.Println(l.Addr())
	<-signals
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return listener.Stop(ctx)
}
