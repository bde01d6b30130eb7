package growth

import (
	"context"
	"fmt"

	"catalog/bench/measure"
)

// tasks are how many share the load; taskRate is what they get together, in
// requests a second: what ten need not hurry for on two cores.
var tasks = []int{1, 2, 4, 7, 10}

const taskRate = 600

// Tasks measures one load on more and more tasks, in turn as the load balancer
// sends it: each has a cache of its own to fill, and hears of every write.
func (g *Growth) Tasks(ctx context.Context, mix measure.Source) (*Curve, error) {
	c := &Curve{Name: "tasks", Title: fmt.Sprintf("%d requests a second on more tasks (the mix, cached)", taskRate), X: "tasks"}
	var servers []*measure.Process
	defer func() {
		for _, s := range servers {
			s.Stop()
		}
	}()
	for _, n := range tasks {
		for len(servers) < n {
			s, err := g.Place.Serving(ctx, measure.Cached, nil)
			if err != nil {
				return nil, err
			}
			servers = append(servers, s)
		}
		if _, err := g.Place.Open(ctx, servers, taskRate, g.Span, mix); err != nil { // warm up
			return nil, err
		}
		l, err := g.Place.Open(ctx, servers, taskRate, 2*g.Span, mix)
		if err == nil && l.Failed > 0 {
			err = fmt.Errorf("%d requests failed", l.Failed)
		}
		if err != nil {
			return nil, fmt.Errorf("%d tasks: %w", n, err)
		}
		at := func(q float64) float64 { return measure.Quantile(l.Times, q) * 1000 }
		c.Points = append(c.Points, Point{
			X: float64(n), Latency: Values{{"p50", at(0.5)}, {"p99", at(0.99)}},
			CPU: Values{{"API, all tasks", l.ServerEach()}, {"PostgreSQL", l.DatabaseEach()}},
		})
	}
	c.Knee = c.knee("the tasks' CPU a request", func(p Point) float64 { return p.CPU.of("API, all tasks") })
	return c, nil
}
