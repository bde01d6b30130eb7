package telemetry_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"catalog/api/telemetry"
)

// writes keeps what is written, and how often.
type writes struct {
	mu    sync.Mutex
	text  bytes.Buffer
	count int
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
	return w.text.Write(p)
}

func (w *writes) get() (string, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String(), w.count
}

func TestO6_LinesAreWrittenTogetherWithinATenthOfASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out writes
		writer := telemetry.NewWriter(&out)
		log, err := telemetry.NewLogger(writer, "info")
		if err != nil {
			t.Fatal(err)
		}
		for round := range 3 {
			for range 10 {
				log.Info("request")
			}
			time.Sleep(99 * time.Millisecond)
			synctest.Wait()
			if _, n := out.get(); n != round {
				t.Errorf("%d writes after 99 ms of round %d", n, round)
			}
			time.Sleep(time.Millisecond)
			synctest.Wait()
			if text, n := out.get(); n != round+1 || strings.Count(text, "\n") != 10*(round+1) {
				t.Errorf("%d writes, %d lines after round %d", n, strings.Count(text, "\n"), round)
			}
		}
	})
}

func TestO6_WarningsAreWrittenAtOnceAndBehindWhatCameBefore(t *testing.T) {
	t.Parallel()
	var out writes
	log, err := telemetry.NewLogger(telemetry.NewWriter(&out), "info")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("first")
	log.With("a", 1).WithGroup("g").Warn("second")
	if text, n := out.get(); n != 1 || strings.Index(text, "first") > strings.Index(text, "second") || !strings.Contains(text, "second") {
		t.Errorf("%d writes: %s", n, text)
	}
}

func TestO6_NoLineIsLostOrTornByManyWriters(t *testing.T) {
	t.Parallel()
	var out writes
	writer := telemetry.NewWriter(&out)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 2000 {
				fmt.Fprintf(writer, "%d %s\n", i, strings.Repeat("x", n%300))
			}
		})
	}
	all.Wait()
	writer.Flush()
	text, n := out.get()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 16000 || n > 200 {
		t.Errorf("%d lines in %d writes", len(lines), n)
	}
	for _, l := range lines {
		if _, rest, ok := strings.Cut(l, " "); !ok || strings.Trim(rest, "x") != "" {
			t.Fatalf("a line is torn: %q", l)
		}
	}
}
