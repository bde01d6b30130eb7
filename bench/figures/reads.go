package main

import (
	"context"
	"fmt"
	"slices"
)

// kept is what the API keeps in memory here, when it does: the default.
const kept = 128 << 20

// sample is a page of ids or SKUs of the catalog.
func sample(s *process, pages int) (ids []string, err error) {
	next := ""
	for range pages {
		var page struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
			NextCursor *string `json:"next_cursor"`
		}
		if err := s.getJSON("/api/v1/products?fields=sku&limit=100"+next, &page); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
		if page.NextCursor == nil {
			return ids, nil
		}
		next = "&cursor=" + *page.NextCursor
	}
	return ids, nil
}

// reads compares hot reads with a bare handler and with uncached ones, in
// turns.
func (b *bench) reads(ctx context.Context) error {
	cached, err := b.place.serving(ctx, kept)
	if err != nil {
		return err
	}
	defer cached.stop()
	uncached, err := b.place.serving(ctx, 0)
	if err != nil {
		return err
	}
	defer uncached.stop()
	ids, err := sample(uncached, 100)
	if err != nil {
		return err
	}
	var products []string
	for _, id := range ids {
		products = append(products, "/api/v1/products/"+id)
	}
	body, _, err := cached.get(products[0])
	if err != nil {
		return err
	}
	bare, err := b.place.bare(ctx, string(body))
	if err != nil {
		return err
	}
	defer bare.stop()
	if err := bare.awaitOK(ctx, "/"); err != nil {
		return err
	}
	list := []string{"/api/v1/products?limit=20"}
	costs := make([][]float64, 5)
	for range b.rounds {
		for i, l := range []struct {
			s     *process
			paths []string
		}{{bare, products[:1]}, {cached, products[:1]}, {uncached, products}, {cached, list}, {uncached, list}} {
			u, err := load(ctx, l.s, b.span, l.paths)
			if err != nil {
				return err
			}
			costs[i] = append(costs[i], u.each())
		}
	}
	var ratios []float64
	for i := range b.rounds {
		ratios = append(ratios, costs[1][i]/costs[0][i])
	}
	b.add("server CPU of a hot `GET /products/{id}` against a bare `net/http` handler that writes the same bytes", "≤ 1.3 ×",
		"%s × (%s µs against %s µs)", spread(ratios, 2), spread(costs[1], 1), spread(costs[0], 1))
	b.add("server CPU of an uncached get", "≤ 45 µs", "%s µs", spread(costs[2], 1))
	b.add("list of 20, cached page / uncached", "≤ 30 µs / ≤ 90 µs", "%s µs / %s µs", spread(costs[3], 1), spread(costs[4], 1))
	return nil
}

// spread is the median of some values, with the least and the most.
func spread(values []float64, decimals int) string {
	sorted := slices.Sorted(slices.Values(values))
	return fmt.Sprintf("%.*f (%.*f–%.*f)", decimals, sorted[len(sorted)/2], decimals, sorted[0], decimals, sorted[len(sorted)-1])
}
