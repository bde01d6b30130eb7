// Command figures measures what the catalog API is held to and prints the
// table of bench/README.md: each figure beside its goal. It starts what it
// measures on this machine, a PostgreSQL and the API as processes of their
// own, and takes them away again.
//
//	go run ./bench/figures                          all of it
//	go run ./bench/figures -products 200000 -seconds 2   quicker, less exact
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// bench is a run: what is measured, how long, and with what.
type bench struct {
	products int
	span     time.Duration
	rounds   int
	place    *place
	rows     []row
}

// row is a figure as it is printed.
type row struct{ what, goal, measured string }

func main() {
	if len(os.Args) == 2 && os.Args[1] == bareCommand {
		fmt.Fprintln(os.Stderr, "figures:", serveBare())
		os.Exit(1)
	}
	b := &bench{}
	flag.IntVar(&b.products, "products", 1_000_000, "products that the catalog holds while lists and searches are measured")
	flag.DurationVar(&b.span, "span", 3*time.Second, "how long each load runs in each round")
	flag.IntVar(&b.rounds, "rounds", 3, "rounds of what is compared, in turns")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.products < minProducts {
		return fmt.Errorf("-products is %d: page 10,000 and the warm cache need at least %d", b.products, minProducts)
	}
	if b.place, err = newPlace(ctx); err != nil {
		return err
	}
	defer func() {
		if closed := b.place.close(); err == nil {
			err = closed
		}
	}()
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{"start and idle memory", b.start},
		{"import", b.imports},
		{"hot and uncached reads", b.reads},
		{"warm memory", b.warm},
		{"page depth", b.depth},
		{"search", b.search},
	} {
		began := time.Now()
		fmt.Fprintf(os.Stderr, "%s…", part.name)
		if err := part.measure(ctx); err != nil {
			fmt.Fprintln(os.Stderr)
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Fprintf(os.Stderr, " %.0fs\n", time.Since(began).Seconds())
	}
	b.print()
	return nil
}

func (b *bench) add(what, goal, format string, args ...any) {
	b.rows = append(b.rows, row{what, goal, fmt.Sprintf(format, args...)})
}

func (b *bench) print() {
	fmt.Println("| what | goal | measured |")
	fmt.Println("|---|---|---|")
	for _, r := range b.rows {
		fmt.Printf("| %s | %s | %s |\n", r.what, r.goal, r.measured)
	}
}
