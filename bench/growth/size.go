package growth

import (
	"context"
	"fmt"
	"time"

	"catalog/bench/measure"
)

// Growth measures on one place.
type Growth struct {
	Place *measure.Place
	// Span is how long each load runs.
	Span time.Duration

	size Curve
}

// AtSize measures reads that the database answers, with as many products as
// there are now.
func (g *Growth) AtSize(ctx context.Context, products int) error {
	s, err := g.Place.Serving(ctx, measure.Uncached, nil)
	if err != nil {
		return err
	}
	defer s.Stop()
	sample, err := measure.Sample(s, 20)
	if err != nil {
		return err
	}
	point := Point{X: float64(products)}
	for _, op := range []struct {
		name  string
		paths []string
	}{{"get", sample.Products}, {"list", sample.Lists}, {"search", measure.Most(sample.Searches, 100)}} {
		cost, err := g.Place.Closed(ctx, s, 1, g.Span, measure.InTurn(op.paths))
		if err != nil {
			return fmt.Errorf("%s with %d products: %w", op.name, products, err)
		}
		point.Latency = append(point.Latency, Value{op.name + " p50", measure.Quantile(cost.Times, 0.5) * 1000})
		point.CPU = append(point.CPU, Value{op.name, cost.ServerEach() + cost.DatabaseEach()})
	}
	g.size.Points = append(g.size.Points, point)
	return nil
}

// Size is the curve of what AtSize measured.
func (g *Growth) Size() *Curve {
	c := &g.size
	c.Name, c.Title, c.X, c.Log = "size", "What a read costs as the catalog grows (no cache, one client)", "products", true
	for _, op := range []string{"get", "list", "search"} {
		if c.Knee != "" {
			c.Knee += "; "
		}
		c.Knee += c.knee("the CPU of a "+op, func(p Point) float64 { return p.CPU.of(op) })
	}
	return c
}
