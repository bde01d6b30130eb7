package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"catalog/api/feed"
	"catalog/api/seed"
)

// reportAfter is how long a catalog may take before a line says how far it is.
const reportAfter = 2 * time.Second

func seedCommand() *cobra.Command {
	o, format := seed.Options{Products: 10_000, Seed: 1}, string(feed.NDJSON)
	command := &cobra.Command{
		Use:   "seed",
		Short: "Write a catalog of invented products, of any size, to stdout",
		Long: `Write a catalog of invented products, of any size, to stdout, for trials and load tests.

The same seed gives the same bytes, and a larger catalog begins with the smaller
one of its seed. Categories are paths of names with / between them: an import
needs category_separator=/ to read them.`,
		Example: `  # A catalog in a file
  catalog seed --products 100000 --seed 1 --format ndjson > catalog.ndjson

  # The header of a CSV, and four products
  catalog seed --format csv | head -5

  # Straight into a running API; token-header holds the line "Authorization: Bearer <token>"
  catalog seed --products 100000 | curl -T - -X POST -H 'Content-Type: application/x-ndjson' \
    -H @token-header 'http://127.0.0.1:8080/api/v1/imports?category_separator=/'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return writeSeed(cmd.Context(), feed.Format(format), o)
		},
	}
	flags := command.Flags()
	flags.IntVar(&o.Products, "products", o.Products, "how many `products` to make")
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "which catalog to make: any whole `number`")
	flags.StringVar(&format, "format", format, "how to write it: ndjson or csv")
	return command
}

// writeSeed writes a catalog to stdout. What reads it may stop early, as head
// does: that is no fault.
func writeSeed(ctx context.Context, f feed.Format, o seed.Options) error {
	if err := seed.Check(f, o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// Where what reads stdout hangs, so does the write: a second Ctrl-C ends it.
	defer context.AfterFunc(ctx, stop)()
	p := progress{begin: time.Now(), of: o.Products}
	if isatty.IsTerminal(os.Stderr.Fd()) {
		p.w = os.Stderr
	}
	err := seed.Write(untilDone{ctx, os.Stdout}, f, o, p.report)
	p.clear()
	switch {
	case errors.Is(err, syscall.EPIPE):
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("stopped after about %d of %d products, since it was told to: the output ends with a whole record", p.written, o.Products)
	case err != nil:
		return fmt.Errorf("the catalog cannot be written to stdout: %w", err)
	}
	return nil
}

// untilDone is a writer that refuses what comes after its context's end.
type untilDone struct {
	ctx context.Context
	w   io.Writer
}

func (u untilDone) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}

// progress is a line on the terminal that says how far a long write is.
type progress struct {
	w           io.Writer // nil: nobody watches
	begin, last time.Time
	written, of int
}

// reportEach is how long the line stays as it is.
const reportEach = 200 * time.Millisecond

func (p *progress) report(written int) {
	p.written = written
	now := time.Now()
	if p.w == nil || now.Sub(p.begin) < reportAfter || now.Sub(p.last) < reportEach {
		return
	}
	p.last = now
	rate := float64(written) / now.Sub(p.begin).Seconds()
	left := time.Duration(float64(p.of-written) / rate * float64(time.Second))
	fmt.Fprintf(p.w, "\r\x1b[K%d of %d products, %d %%, %s left", written, p.of, int64(written)*100/int64(p.of), left.Round(time.Second))
}

// clear takes the line away.
func (p *progress) clear() {
	if !p.last.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
