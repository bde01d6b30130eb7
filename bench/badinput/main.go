// Command badinput throws bad input at everything that reads any: the API's
// routes and headers, alone and behind the load balancer, connections that
// speak no HTTP, templates, the CDK's context, and catalogctl's flags. It
// starts what it needs on this machine and takes it away again, and writes
// what was tried and what came of it to bench/badinput.md. It ends with exit
// code 1 when something crashed, answered 500, said more than it should, or
// did not answer in time.
//
//	go run ./bench/badinput
//	go run ./bench/badinput -seed 7 -span 5m -out -    longer, other input, to stdout
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"catalog/bench/measure"
	"catalog/contract"
)

// run is one call of the program.
type run struct {
	seed  uint64
	span  time.Duration
	out   string
	dir   string // for what it writes meanwhile
	areas []*area
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == balancerRole {
		exitOn(measure.ServeBalancer("badinput", os.Args[2], contract.HealthPath, os.Args[3]))
		return
	}
	r := &run{}
	flag.Uint64Var(&r.seed, "seed", 1, "chooses the input that is made up")
	flag.DurationVar(&r.span, "span", time.Minute, "how long the API is asked what is made up, behind the corpus")
	flag.StringVar(&r.out, "out", "bench/badinput.md", "the file that the table goes to; - is stdout")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := r.all(ctx)
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "badinput: interrupted")
		os.Exit(130)
	}
	exitOn(err)
	if found := r.report(); found > 0 {
		fmt.Fprintf(os.Stderr, "badinput: %d findings, see %s\n", found, r.out)
		os.Exit(1)
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "badinput:", err)
		os.Exit(1)
	}
}

func (r *run) all(ctx context.Context) (err error) {
	if r.dir, err = os.MkdirTemp("", "catalog-badinput-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.dir)
	if err := os.Chmod(r.dir, 0o755); err != nil { // PostgreSQL runs as another user where this is root
		return err
	}
	for _, part := range []struct {
		name string
		try  func(context.Context) error
	}{
		{"context values", r.contextValues},
		{"templates", r.templates},
		{"flags of catalogctl", r.commandLines},
		{"the API", r.theAPI},
	} {
		began := time.Now()
		fmt.Fprintf(os.Stderr, "%s…", part.name)
		if err := part.try(ctx); err != nil {
			fmt.Fprintln(os.Stderr)
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Fprintf(os.Stderr, " %.0fs\n", time.Since(began).Seconds())
	}
	return nil
}

// chance is the source of what is made up in one part of the run: the same
// seed gives the same input there, whatever the others do.
func (r *run) chance(part uint64) *rand.Rand { return rand.New(rand.NewPCG(r.seed, part)) }

// area begins a row of the table.
func (r *run) area(name string) *area {
	a := &area{name: name, counts: map[string]int{}}
	r.areas = append(r.areas, a)
	return a
}
