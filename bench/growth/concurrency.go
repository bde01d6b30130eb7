package growth

import (
	"context"
	"fmt"

	"catalog/bench/measure"
)

// clients are how many ask at once.
var clients = []int{1, 2, 4, 8, 16, 32, 64, 128}

// nearly is the part of the most throughput that counts as reached.
const nearly = 0.9

// Concurrency measures the mix with more and more clients, all of which wait
// for their answers. The clients share the machine with what they ask.
func (g *Growth) Concurrency(ctx context.Context, mix measure.Source) (*Curve, error) {
	s, err := g.Place.Serving(ctx, measure.Cached, nil)
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	c := &Curve{Name: "concurrency", Title: "One task by how many ask at once (the mix, cached)", X: "clients", Log: true}
	most := 0.0
	for _, n := range clients {
		cost, err := g.Place.Closed(ctx, s, n, g.Span, mix)
		if err != nil {
			return nil, fmt.Errorf("%d clients: %w", n, err)
		}
		at := func(q float64) float64 { return measure.Quantile(cost.Times, q) * 1000 }
		c.Points = append(c.Points, Point{
			X: float64(n), Latency: Values{{"p50", at(0.5)}, {"p99", at(0.99)}},
			CPU:  Values{{"API", cost.ServerEach()}, {"PostgreSQL", cost.DatabaseEach()}},
			Rate: Values{{"throughput", cost.Rate()}},
		})
		most = max(most, cost.Rate())
	}
	for _, p := range c.Points {
		if p.Rate.of("throughput") >= nearly*most {
			c.Knee = fmt.Sprintf("from %s clients on there is no more to gain: %.0f of at most %.0f requests/s, and then only latency grows", Number(p.X), p.Rate.of("throughput"), most)
			return c, nil
		}
	}
	return c, nil
}
