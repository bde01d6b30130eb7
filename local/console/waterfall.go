package console

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"catalog/local/traces"
)

// waterfall is /traces/{id}: every segment with a bar for its time.
type waterfall struct {
	traces.Summary
	Rows    []bar
	Ticks   []tick
	Omitted int
}

// bar is a segment; Left and Width are in percent of the trace's time.
type bar struct {
	*traces.Segment
	Depth       int
	Left, Width string
	Describe    string
	State       string // OK, ERROR, FAULT, THROTTLE or IN_PROGRESS
	Facts       []fact
}

// fact is an annotation.
type fact struct{ Name, Value string }

const (
	// maxBars is how many segments are drawn.
	maxBars = 1000
	// maxIndent is how deep segments are indented.
	maxIndent = 12
	// minBar is how wide a bar is at least, in percent: one must see it.
	minBar = 0.4
)

func (c *console) trace(r *http.Request) *page {
	store := c.source.Traces()
	if store == nil {
		return c.missing(r, "Nothing is traced here.")
	}
	trace, ok := store.Trace(r.PathValue("id"))
	if !ok {
		return c.missing(r, "The trace "+r.PathValue("id")+" is not kept: it was not sampled, or newer ones took its place.")
	}
	w := waterfall{Summary: trace.Summary}
	for depth, s := range trace.All() {
		if len(w.Rows) == maxBars {
			w.Omitted++
			continue
		}
		w.Rows = append(w.Rows, w.bar(depth, s))
	}
	for i := range 5 {
		part := float64(i) / 4
		w.Ticks = append(w.Ticks, tick{percentOf(100 * part), took(time.Duration(part * float64(w.Duration)))})
	}
	return &page{Title: "Trace " + trace.ID, View: "trace", Data: w, Still: true}
}

func (w *waterfall) bar(depth int, s *traces.Segment) bar {
	total := max(float64(w.Duration), 1)
	left := min(max(float64(s.Start.Sub(w.Start))/total, 0), 1) * 100
	long := s.Duration()
	state := stateOf(s)
	width := min(max(float64(long)/total*100, minBar), 100)
	if state == "IN_PROGRESS" {
		width = 100 - left
	}
	left = min(left, 100-width)
	b := bar{Segment: s, Depth: min(depth, maxIndent), Left: percentOf(left), Width: percentOf(width), State: state}
	b.Describe = fmt.Sprintf("begins after %s and takes %s", took(s.Start.Sub(w.Start)), took(long))
	if s.End.IsZero() {
		b.Describe = fmt.Sprintf("began after %s and is in progress", took(s.Start.Sub(w.Start)))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Annotations)) {
		b.Facts = append(b.Facts, fact{name, s.Annotations[name]})
	}
	return b
}

func stateOf(s *traces.Segment) string {
	switch {
	case s.Fault:
		return "FAULT"
	case s.Throttle:
		return "THROTTLE"
	case s.Error:
		return "ERROR"
	case s.End.IsZero():
		return "IN_PROGRESS"
	}
	return "OK"
}
