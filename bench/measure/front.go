package measure

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

// frontEnd is how long the load balancer's last requests may take.
const frontEnd = 5 * time.Second

// ServeBalancer is the project's load balancer in front of one target, with the
// template's rule: a process of its own, which says its address in a line and
// serves until SIGTERM. An empty log writes none.
func ServeBalancer(name, target, healthPath, log string) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	b := balancer.New("app/"+name+"/local", balancer.DefaultSettings)
	if log != "" {
		file, err := balancer.OpenAccessLog(log)
		if err != nil {
			return err
		}
		defer file.Close()
		b.LogTo(file)
	}
	group := balancer.NewGroup("targetgroup/"+name+"/local", balancer.GroupSettings{
		Path: healthPath, Interval: 30 * time.Second, Timeout: 5 * time.Second, HealthyThreshold: 2, UnhealthyThreshold: 2,
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
	ctx, cancel := context.WithTimeout(context.Background(), frontEnd)
	defer cancel()
	return listener.Stop(ctx)
}
