package growth

import (
	"context"
	"encoding/json"
	"fmt"

	"catalog/bench/measure"
)

// depths are the pages that are compared, of 20 products each.
var depths = []int{1, 10, 100, 1000, 10_000}

// Depth walks through the catalog by name and measures pages on the way.
func (g *Growth) Depth(ctx context.Context) (*Curve, error) {
	s, err := g.Place.Serving(ctx, measure.Uncached, nil)
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	walk, err := measure.Dial(s.Address)
	if err != nil {
		return nil, err
	}
	defer walk.Close()
	c := &Curve{Name: "depth", Title: "What a page of 20 costs, deep in a list by name (no cache)", X: "page", Log: true}
	const first = measure.ProductsPath + "?limit=20&sort=name"
	at, page := first, 1
	var pages []string
	for _, depth := range depths {
		for ; page < depth; page++ {
			cursor, err := next(walk, at)
			if err != nil || cursor == "" {
				return nil, fmt.Errorf("page %d has none behind it: %w", page, err)
			}
			at = first + "&cursor=" + cursor
		}
		pages = append(pages, at)
	}
	if c.Points, err = g.inTurns(ctx, s, pages); err != nil {
		return nil, err
	}
	c.Knee = c.knee("the median", func(p Point) float64 { return p.Latency.of("p50") })
	return c, nil
}

// turns is how often each page is measured, in turns: what is compared with the
// first one must not have another moment's noise.
const turns = 3

func (g *Growth) inTurns(ctx context.Context, s *measure.Process, pages []string) ([]Point, error) {
	medians, api, database := make([][]float64, len(pages)), make([][]float64, len(pages)), make([][]float64, len(pages))
	for range turns {
		for i, path := range pages {
			cost, err := g.Place.Closed(ctx, s, 1, g.Span/2, measure.InTurn([]string{path}))
			if err != nil {
				return nil, err
			}
			medians[i] = append(medians[i], measure.Quantile(cost.Times, 0.5)*1000)
			api[i], database[i] = append(api[i], cost.ServerEach()), append(database[i], cost.DatabaseEach())
		}
	}
	var points []Point
	for i, depth := range depths {
		points = append(points, Point{
			X: float64(depth), Latency: Values{{"p50", measure.Median(medians[i])}},
			CPU: Values{{"API", measure.Median(api[i])}, {"PostgreSQL", measure.Median(database[i])}},
		})
	}
	return points, nil
}

// next is the cursor of the page behind one.
func next(c *measure.Client, path string) (string, error) {
	body, status, err := c.Ask(measure.Request(path))
	if err == nil && status != 200 {
		err = fmt.Errorf("GET %s: %d: %.200s", path, status, body)
	}
	if err != nil {
		return "", err
	}
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	return page.NextCursor, json.Unmarshal(body, &page)
}

// limits are the sizes of results.
var limits = []int{1, 5, 10, 20, 50, 100}

// Results measures lists of more and more products, from the database and from
// memory.
func (g *Growth) Results(ctx context.Context) (*Curve, error) {
	c := &Curve{Name: "results", Title: "What a list costs by how many products it has", X: "products in the answer"}
	var servers []*measure.Process
	for _, cache := range []int{measure.Uncached, measure.Cached} {
		s, err := g.Place.Serving(ctx, cache, nil)
		if err != nil {
			return nil, err
		}
		defer s.Stop()
		servers = append(servers, s)
	}
	for _, limit := range limits {
		path := fmt.Sprintf("%s?limit=%d", measure.ProductsPath, limit)
		uncached, err := g.Place.Closed(ctx, servers[0], 1, g.Span, measure.InTurn([]string{path}))
		if err != nil {
			return nil, err
		}
		cached, err := g.Place.Closed(ctx, servers[1], 1, g.Span, measure.InTurn([]string{path}))
		if err != nil {
			return nil, err
		}
		median := func(c measure.Cost) float64 { return measure.Quantile(c.Times, 0.5) * 1000 }
		c.Points = append(c.Points, Point{
			X: float64(limit), Latency: Values{{"no cache p50", median(uncached)}, {"cached p50", median(cached)}},
			CPU: Values{{"API, no cache", uncached.ServerEach()}, {"PostgreSQL", uncached.DatabaseEach()}, {"API, cached", cached.ServerEach()}},
		})
	}
	c.Knee = c.knee("the API's CPU without a cache", func(p Point) float64 { return p.CPU.of("API, no cache") })
	return c, nil
}
