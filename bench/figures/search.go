package figures

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"catalog/api/catalog"
	"catalog/api/postgres"
	"catalog/bench/measure"
)

// Searched is how long searches took in the database, in milliseconds.
type Searched struct {
	Searches int     `json:"searches"`
	P50      float64 `json:"p50_ms"`
	P95      float64 `json:"p95_ms"`
}

// Search times the statements of searches for two common words, with three
// facets, as the API sends them.
func Search(ctx context.Context, place *measure.Place) (s Searched, err error) {
	store, err := postgres.Open(ctx, place.Database)
	if err != nil {
		return s, err
	}
	defer store.Close()
	words, err := commonWords(ctx, store)
	if err != nil {
		return s, err
	}
	var took []float64
	for round := range 2 { // the first one warms the database up
		for i, one := range words {
			for _, other := range words[:i] {
				began := time.Now()
				if err := search(ctx, store, one+" "+other); err != nil {
					return s, err
				}
				if round > 0 {
					took = append(took, float64(time.Since(began).Microseconds())/1000)
				}
			}
		}
	}
	slices.Sort(took)
	return Searched{len(took), measure.Quantile(took, 0.5), measure.Quantile(took, 0.95)}, nil
}

func search(ctx context.Context, store *postgres.Store, text string) error {
	filter := catalog.Filter{Text: text}
	if _, err := store.Products(ctx, catalog.Query{Filter: filter, Sort: catalog.SortRelevance, Limit: 20}); err != nil {
		return err
	}
	_, err := store.Summarize(ctx, catalog.SummaryQuery{Filter: filter, Facets: catalog.FacetNames, Total: catalog.TotalNone})
	return err
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
