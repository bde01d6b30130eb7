package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"catalog/api/feed"
	"catalog/api/seed"
)

// lot is how many products each import has.
const lot = 100_000

// imports fills the catalog, an import after the other, and measures the first
// and the last one.
func (b *bench) imports(ctx context.Context) error {
	s, err := b.place.serving(ctx, kept)
	if err != nil {
		return err
	}
	defer s.stop()
	time.Sleep(time.Second)
	idle, err := memory(s.command.Process.Pid, "VmRSS")
	if err != nil {
		return err
	}
	reading, writing := io.Pipe()
	go func() {
		writing.CloseWithError(seed.Write(writing, feed.NDJSON, seed.Options{Products: b.products, Seed: 1}, nil))
	}()
	defer reading.Close()
	var rates []float64
	for lines := bufio.NewReaderSize(reading, 1<<20); ; {
		part, err := take(lines, lot)
		if len(part) == 0 {
			if errors.Is(err, io.EOF) {
				break
			}
			return err
		}
		if len(rates) == 0 {
			if err := resetPeak(s.command.Process.Pid); err != nil {
				return err
			}
		}
		rate, err := s.takeFeed(ctx, part)
		if err != nil {
			return err
		}
		if rates = append(rates, rate); len(rates) == 1 {
			peak, err := memory(s.command.Process.Pid, "VmHWM")
			if err != nil {
				return err
			}
			b.add("memory above idle of an import of 100,000 products", "≤ 64 MiB", "%.0f MiB", peak-idle)
		}
		fmt.Fprintf(os.Stderr, " %.0f/s", rate)
	}
	b.add(fmt.Sprintf("import of 100,000 products into an indexed table (empty; with %d products)", (len(rates)-1)*lot), "≥ 15,000 rows/s",
		"%.0f rows/s; %.0f rows/s", rates[0], rates[len(rates)-1])
	return nil
}

// take reads so many lines.
func take(r *bufio.Reader, n int) ([]byte, error) {
	var part bytes.Buffer
	for range n {
		line, err := r.ReadSlice('\n')
		part.Write(line)
		if err != nil {
			return part.Bytes(), err
		}
	}
	return part.Bytes(), nil
}

// takeFeed imports a feed and answers its rows a second, from the request to
// the end, with the upload in it.
func (s *process) takeFeed(ctx context.Context, body []byte) (rate float64, err error) {
	began := time.Now()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/api/v1/imports?category_separator=/", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/x-ndjson")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || response.StatusCode != http.StatusAccepted {
		return 0, fmt.Errorf("POST imports: %s: %.300s, %w", response.Status, text, err)
	}
	var state struct {
		State string
		Rows  struct{ OK, Failed int }
	}
	for {
		if err := json.Unmarshal(text, &state); err != nil {
			return 0, err
		}
		if state.State != "running" {
			break
		}
		time.Sleep(20 * time.Millisecond)
		var status int
		if text, status, err = s.get(response.Header.Get("Location")); err != nil || status != 200 {
			return 0, fmt.Errorf("GET import: %d: %.300s, %w", status, text, err)
		}
	}
	if state.State != "succeeded" || state.Rows.Failed > 0 {
		return 0, fmt.Errorf("the import ended as %s", text)
	}
	return float64(state.Rows.OK) / time.Since(began).Seconds(), nil
}
