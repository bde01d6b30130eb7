package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"catalog/bench/capacity"
	"catalog/bench/contend"
	"catalog/bench/figures"
	"catalog/bench/growth"
	"catalog/bench/measure"
	"catalog/release"
)

// bench is a run: what is measured, and how long.
type bench struct {
	products, rounds int
	span             time.Duration
	dir              string

	began   time.Time
	project release.Project
	place   *measure.Place
	growth  *growth.Growth
	results Results
}

// sizes are where the growing catalog is measured, besides at its end.
var sizes = map[int]bool{1_000: true, 10_000: true, contendAt: true}

// contendAt is the catalog's size when the contenders are compared, and when
// one task is measured: searches of more would leave it no core here.
const contendAt = 100_000

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%5.0fs  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}

func (b *bench) run(ctx context.Context) (err error) {
	b.began = time.Now()
	if b.project, err = release.FindProject("."); err != nil {
		return err
	}
	b.results.Machine = measure.ReadMachine(ctx)
	b.results.Command = fmt.Sprintf("go run ./bench -products %d -span %v -rounds %d", b.products, b.span, b.rounds)
	b.say("building the API, starting PostgreSQL")
	if b.place, err = measure.NewPlace(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.place.Close()) }()
	b.growth = &growth.Growth{Place: b.place, Span: b.span}
	if b.results.Imported, err = figures.Fill(ctx, b.place, b.products, b.say, func(n int) error { return b.at(ctx, n) }); err != nil {
		return err
	}
	if err := b.curves(ctx); err != nil {
		return err
	}
	b.say("memory with many products warm")
	if b.results.Warm, b.results.WarmMiB, err = figures.Warm(ctx, b.place); err != nil {
		return err
	}
	b.say("searches")
	if b.results.Searched, err = figures.Search(ctx, b.place); err != nil {
		return err
	}
	b.results.Took = time.Since(b.began).Round(time.Second).String()
	return b.write()
}

// at measures what is measured while the catalog grows.
func (b *bench) at(ctx context.Context, n int) error {
	if !sizes[n] && n != b.products {
		return nil
	}
	if err := b.growth.AtSize(ctx, n); err != nil {
		return err
	}
	if n != contendAt {
		return nil
	}
	if err := b.place.Settle(ctx); err != nil {
		return err
	}
	sample, err := b.sample(ctx)
	if err != nil {
		return err
	}
	b.results.Contend, err = contend.Run(ctx, contend.Options{
		Place: b.place, Project: b.project, Products: sample.Products, Lists: measure.Most(sample.Lists, 50), Rounds: b.rounds, Span: b.span, Say: b.say,
	})
	if err != nil {
		return err
	}
	b.say("one task under the mix, tracing on")
	b.results.Capacity, err = capacity.Measure(ctx, b.place, n, b.rounds, 2*b.span, b.say)
	return err
}

// sample is what contenders and curves ask for.
func (b *bench) sample(ctx context.Context) (measure.Sampled, error) {
	s, err := b.place.Serving(ctx, measure.Uncached, nil)
	if err != nil {
		return measure.Sampled{}, err
	}
	defer s.Stop()
	return measure.Sample(s, 10)
}

// curves measures how cost grows with everything but the catalog's size.
func (b *bench) curves(ctx context.Context) error {
	sample, err := b.sample(ctx)
	if err != nil {
		return err
	}
	mix := contend.Mix(sample.Products, measure.Most(sample.Lists, 50))
	b.results.Curves = []*growth.Curve{b.growth.Size()}
	for _, curve := range []struct {
		what    string
		measure func() (*growth.Curve, error)
	}{
		{"page depth", func() (*growth.Curve, error) { return b.growth.Depth(ctx) }},
		{"result size", func() (*growth.Curve, error) { return b.growth.Results(ctx) }},
		{"concurrency", func() (*growth.Curve, error) { return b.growth.Concurrency(ctx, mix) }},
		{"tasks", func() (*growth.Curve, error) { return b.growth.Tasks(ctx, mix) }},
	} {
		b.say("%s", curve.what)
		c, err := curve.measure()
		if err != nil {
			return fmt.Errorf("%s: %w", curve.what, err)
		}
		b.results.Curves = append(b.results.Curves, c)
	}
	return nil
}

// rewrite writes the pages of what was measured before.
func (b *bench) rewrite() (err error) {
	b.began = time.Now()
	if b.project, err = release.FindProject("."); err != nil {
		return err
	}
	content, err := os.ReadFile(b.project.Path(resultsFile))
	if err != nil {
		return err
	}
	old, err := decode(content)
	if err != nil {
		return err
	}
	b.results = *old
	return b.write()
}

// write puts everything where the project keeps it, or into a folder.
func (b *bench) write() error {
	prices, err := capacity.ReadPrices(b.project.Path(pricesFile))
	if err != nil {
		return err
	}
	encoded, err := b.results.encode()
	if err != nil {
		return err
	}
	if err := b.keep(resultsFile, encoded); err != nil { // whatever becomes of the pages
		return err
	}
	page := b.results.page()
	files := map[string][]byte{pageFile: []byte(page), capacityFile: []byte(capacity.Page(b.results.Capacity, prices))}
	for _, c := range b.results.Curves {
		files[curveFile(c.Name)] = []byte(c.SVG())
	}
	for name, content := range files {
		if err := b.keep(name, content); err != nil {
			return err
		}
	}
	fmt.Print(page)
	b.say("done: %s and %s are written", pageFile, capacityFile)
	return nil
}

// keep writes one file.
func (b *bench) keep(name string, content []byte) error {
	path := b.project.Path(name)
	if b.dir != "" {
		path = filepath.Join(b.dir, filepath.Base(name))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
