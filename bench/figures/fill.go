// Package figures measures what the API is held to beside its reads: imports,
// searches, and memory.
//
//	fill.go    fills the catalog by imports, and measures them
//	warm.go    memory with many products warm
//	search.go  searches in PostgreSQL
package figures

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"catalog/api/feed"
	"catalog/api/seed"
	"catalog/bench/measure"
	"catalog/contract"
)

// Imported is what filling the catalog showed.
type Imported struct {
	Products int `json:"products"`
	// First and Last are rows a second: of an import of FirstLot products into a
	// catalog of few, and of the last one.
	First    float64 `json:"first_rows_per_second"`
	FirstLot int     `json:"first_lot"`
	Last     float64 `json:"last_rows_per_second"`
	// Above is memory in MiB that the first took above that of an idle task.
	Above float64 `json:"mib_above_idle"`
}

// lots are the sizes that the catalog grows by; the last one comes again.
var lots = []int{1_000, 9_000, 90_000, 100_000}

// measured is the lot whose memory is.
const measured = 2

// Fill fills the catalog up to so many products, and calls at after each lot.
func Fill(ctx context.Context, place *measure.Place, products int, say func(string, ...any), at func(products int) error) (i Imported, err error) {
	s, err := place.Serving(ctx, measure.Cached, nil)
	if err != nil {
		return i, err
	}
	defer s.Stop()
	idle, err := s.Idle()
	if err != nil {
		return i, err
	}
	reading, writing := io.Pipe()
	go func() {
		writing.CloseWithError(seed.Write(writing, feed.NDJSON, seed.Options{Products: products, Seed: 1}, nil))
	}()
	defer reading.Close()
	lines := bufio.NewReaderSize(reading, 1<<20)
	for n := 0; i.Products < products; n++ {
		part, count, err := take(lines, lots[min(n, len(lots)-1)])
		if err != nil {
			return i, err
		}
		if n == measured {
			if err := measure.ResetPeak(s.PID()); err != nil {
				return i, err
			}
		}
		i.Last, err = takeFeed(ctx, s, part)
		if err != nil {
			return i, err
		}
		if n == measured {
			peak, err := measure.Peak(s.PID())
			if err != nil {
				return i, err
			}
			i.First, i.FirstLot, i.Above = i.Last, count, peak-idle
		}
		i.Products += count
		say("%d products, %.0f rows/s", i.Products, i.Last)
		if err := at(i.Products); err != nil {
			return i, err
		}
	}
	return i, nil
}

// take reads so many lines, or those that are left.
func take(r *bufio.Reader, n int) (part []byte, count int, err error) {
	var b bytes.Buffer
	for count < n {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) && count > 0 {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		b.Write(line)
		count++
	}
	return b.Bytes(), count, nil
}

// takeFeed imports a feed and answers its rows a second, from the request to
// the end, with the upload in it.
func takeFeed(ctx context.Context, s *measure.Process, body []byte) (float64, error) {
	began := time.Now()
	c, err := measure.Dial(s.Address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	text, status, err := c.Ask(measure.Write("POST", contract.APIBase+"/imports?category_separator=/", "application/x-ndjson", body))
	if err != nil || status != 202 {
		return 0, fmt.Errorf("POST imports: %d: %.300s, %w", status, text, err)
	}
	var state struct {
		ID, State string
		Rows      struct{ OK, Failed int }
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return 0, err
	}
	for state.State == "running" {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if err := s.GetJSON(contract.APIBase+"/imports/"+state.ID, &state); err != nil {
			return 0, err
		}
	}
	if state.State != "succeeded" || state.Rows.Failed > 0 {
		return 0, fmt.Errorf("the import ended as %+v", state)
	}
	return float64(state.Rows.OK) / time.Since(began).Seconds(), nil
}
