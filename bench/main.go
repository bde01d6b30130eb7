// Command bench measures the catalog API beside what a user would take instead,
// how its cost grows, and what a load takes, and writes bench/results.md,
// bench/results.json, the curves and docs/capacity.md. It starts all that it
// measures on this machine and takes it away again.
//
//	go run ./bench                                    all of it, 13 minutes on two cores
//	go run ./bench -products 200000 -span 500ms -dir /tmp/trial   quicker, less exact
//
// What is measured is in the folders: contend, growth, figures and capacity, by
// means of measure; balancer is a program of its own.
//
//	run.go      the parts, in order
//	results.go  all that was measured, in a file
//	page.go     bench/results.md
//	goals.go    what the API is held to
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"catalog/bench/contend"
)

// minProducts is what page 10,000 needs.
const minProducts = 200_000

func main() {
	if len(os.Args) == 2 && os.Args[1] == contend.BareCommand {
		fmt.Fprintln(os.Stderr, "bench:", contend.ServeBare())
		os.Exit(1)
	}
	b := &bench{}
	flag.IntVar(&b.products, "products", 1_000_000, "products that the catalog ends with, at least 200000")
	flag.DurationVar(&b.span, "span", 1500*time.Millisecond, "how long each load runs in each round")
	flag.IntVar(&b.rounds, "rounds", 3, "rounds of what is compared, in turns")
	flag.StringVar(&b.dir, "dir", "", "a folder for all that is written (default: where the project keeps it)")
	pages := flag.Bool("pages", false, "measure nothing, and write the pages again from bench/results.json and bench/capacity/prices.json")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "Usage: go run ./bench [flags]\n\nMeasures everything and writes bench/results.md and docs/capacity.md.\n\n"+
			"  go run ./bench\n  go run ./bench -products 200000 -span 500ms -rounds 1 -dir /tmp/trial\n\nFlags:")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := b.check(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if *pages {
		if err := b.rewrite(); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := b.run(ctx)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "bench: interrupted: nothing was written:", err)
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) check(args []string) error {
	switch {
	case len(args) > 0:
		return fmt.Errorf("%q is no flag: go run ./bench -help lists them", args[0])
	case b.products < minProducts:
		return fmt.Errorf("-products is %d: page 10,000 needs at least %d", b.products, minProducts)
	case b.span < 100*time.Millisecond:
		return fmt.Errorf("-span is %v: it must be 100ms or more", b.span)
	case b.rounds < 1:
		return fmt.Errorf("-rounds is %d: it must be 1 or more", b.rounds)
	}
	return nil
}
