package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// deep is the page that is compared with the first one.
const deep = 10_000

// depth compares the first page with a deep one, in turns, uncached.
func (b *bench) depth(ctx context.Context) error {
	s, err := b.place.serving(ctx, 0)
	if err != nil {
		return err
	}
	defer s.stop()
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, sort := range []string{"name", "-price"} {
		first := "/api/v1/products?limit=20&sort=" + sort
		at := first
		for range deep - 1 {
			body, status, err := c.ask(request(at))
			if err != nil || status != 200 {
				return fmt.Errorf("GET %s: %d: %.200s, %w", at, status, body, err)
			}
			var page struct {
				NextCursor string `json:"next_cursor"`
			}
			if err := json.Unmarshal(body, &page); err != nil {
				return err
			}
			at = first + "&cursor=" + page.NextCursor
		}
		ratios := make([]float64, 0, b.rounds)
		for range b.rounds {
			near, far, err := medians(c, first, at)
			if err != nil {
				return err
			}
			ratios = append(ratios, far/near)
		}
		b.add("page 10,000 against page 1, sort="+sort, "≤ 1.2 ×", "%s ×", spread(ratios, 2))
	}
	return nil
}

// medians are how long two requests take, in seconds: one after the other, so
// that both have the same noise.
func medians(c *client, one, other string) (float64, float64, error) {
	asks := [2][]byte{request(one), request(other)}
	var took [2][]float64
	for i := range 2000 {
		began := time.Now()
		if _, status, err := c.ask(asks[i%2]); err != nil || status != 200 {
			return 0, 0, fmt.Errorf("GET %s: %d, %w", []string{one, other}[i%2], status, err)
		}
		took[i%2] = append(took[i%2], time.Since(began).Seconds())
	}
	slices.Sort(took[0])
	slices.Sort(took[1])
	return took[0][len(took[0])/2], took[1][len(took[1])/2], nil
}

// search times the statements of searches for two common words, with three
// facets, as the API sends them.
func (b *bench) search(ctx context.Context) error {
	store, err := postgres.Open(ctx, b.place.database)
	if err != nil {
		return err
	}
	defer store.Close()
	words, err := commonWords(ctx, store)
	if err != nil {
		return err
	}
	var took []float64
	for round := range 2 {
		for i, one := range words {
			for _, other := range words[:i] {
				filter := catalog.Filter{Text: one + " " + other}
				began := time.Now()
				if _, err := store.Products(ctx, catalog.Query{Filter: filter, Sort: catalog.SortRelevance, Limit: 20}); err != nil {
					return err
				}
				if _, err := store.Summarize(ctx, catalog.SummaryQuery{Filter: filter, Facets: catalog.FacetNames, Total: catalog.TotalNone}); err != nil {
					return err
				}
				if round > 0 { // the first one warms the database up
					took = append(took, float64(time.Since(began).Microseconds())/1000)
				}
			}
		}
	}
	slices.Sort(took)
	b.add(fmt.Sprintf("search over %d products, two common words with three facets, p95", b.products), "≤ 60 ms in the database",
		"%.0f ms (p50 %.0f ms, %d pairs of words)", took[len(took)*95/100], took[len(took)/2], len(took))
	return nil
}

// commonWords are the 25 words that most names have.
func commonWords(ctx context.Context, store *postgres.Store) ([]string, error) {
	counts := map[string]int{}
	q := catalog.Query{Limit: catalog.MaxLimit}
	for range 30 {
		page, err := store.Products(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Items {
			var p catalog.Product
			if err := json.Unmarshal(d.JSON, &p); err != nil {
				return nil, err
			}
			for word := range strings.FieldsSeq(p.Name) {
				counts[word]++
			}
		}
		q.After = page.Next
	}
	var words []string
	for word := range counts {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b)) })
	return words[:25], nil
}
