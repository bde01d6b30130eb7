// Command balancer measures the local load balancer against nginx: the same
// forwarding, on the same cores, to the same upstream, from the same wrk, in
// turns. It starts everything on free ports of 127.0.0.1 and ends it by pid.
//
//	main.go       the rounds and the table
//	contender.go  who is measured, each a process of its own
//	nginx.go      nginx and its configuration
//	roles.go      what this program is when it starts itself
//	wrk.go        the load, and CPU time
//
//	go run ./bench/balancer                      5 rounds of 4 seconds
//	go run ./bench/balancer -rounds 3 -span 2s   quicker, less exact
//
// The goal is a median of at least 0.35 of nginx's throughput. Throughput has
// the upstream's and wrk's share of the cores in it; CPU per request has not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

// goal is the least median of the balancer's throughput to nginx's.
const goal = 0.35

type options struct {
	rounds, connections int
	span                time.Duration
	baseline, quiet     bool
}

func main() {
	if len(os.Args) > 1 && runRole(os.Args[1:]) {
		return
	}
	var o options
	flag.IntVar(&o.rounds, "rounds", 5, "how often each is measured, in turns")
	flag.IntVar(&o.connections, "connections", 64, "connections that wrk keeps open")
	flag.DurationVar(&o.span, "span", 4*time.Second, "how long each load runs, whole seconds")
	flag.BoolVar(&o.baseline, "baseline", false, "measure net/http/httputil's ReverseProxy too")
	flag.BoolVar(&o.quiet, "quiet", false, "write no access logs, neither nginx nor the balancer")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "balancer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if err := findTools(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-balancer-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	contenders, stop, err := start(ctx, o, dir)
	defer stop()
	if err != nil {
		return err
	}
	results := map[string][]result{}
	for range o.rounds {
		for _, c := range contenders {
			r, err := measure(ctx, c, o)
			if err != nil {
				return fmt.Errorf("measuring %s: %w", c.name, err)
			}
			results[c.name] = append(results[c.name], r)
		}
	}
	printTable(contenders, results)
	if median(ratios(results["balancer"], results["nginx"])) < goal {
		return errors.New("the balancer is below its goal: look at the profile before anything else")
	}
	return nil
}

func printTable(contenders []*contender, results map[string][]result) {
	fmt.Printf("%-14s %10s %12s %8s   %s\n", "", "req/s", "CPU µs/req", "p99 ms", "req/s of each round, and its ratio to nginx")
	for _, c := range contenders {
		var rates, cpus, tails []float64
		for _, r := range results[c.name] {
			rates, cpus, tails = append(rates, r.rate), append(cpus, r.cpu), append(tails, r.p99)
		}
		fmt.Printf("%-14s %10.0f %12.1f %8.2f  ", c.name, median(rates), median(cpus), median(tails))
		all := ratios(results[c.name], results["nginx"])
		for i, rate := range rates {
			fmt.Printf(" %.0f (%.2f)", rate, all[i])
		}
		fmt.Printf("   median ratio %.2f\n", median(all))
	}
	fmt.Printf("goal: the balancer's median ratio at least %.2f\n", goal)
}

// ratios are the throughputs of rounds to those of others.
func ratios(of, to []result) []float64 {
	all := make([]float64, len(of))
	for i := range of {
		all[i] = of[i].rate / to[i].rate
	}
	return all
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}
