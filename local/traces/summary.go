package traces

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Summary is one line about a trace (AWS: "TraceSummary" of the X-Ray API).
type Summary struct {
	ID    string // 1-8 hex digits-24 hex digits
	Start time.Time
	// Duration lasts from the first start to the last end.
	Duration time.Duration
	// What follows is the root's: of the earliest segment without a parent here.
	Service, Name, Method, Path string
	Status                      int
	Fault, Error, Throttle      bool
	// InProgress is true while the root has no end.
	InProgress bool
	Segments   int
}

// Filter says which traces are wanted; its zero value is all of them.
type Filter struct {
	// Text is in the id, the service, the root's name or the path, in any case.
	Text   string
	Method string
	// Status is a code like 404; 2 to 5 is a class: all that begin with it.
	Status int
	// Failed wants faults and errors alone.
	Failed bool
	// Least is the shortest duration that is wanted.
	Least time.Duration
}

func (f Filter) wants(s *Summary) bool {
	text := strings.ToLower(f.Text)
	switch {
	case f.Failed && !s.Fault && !s.Error,
		f.Method != "" && !strings.EqualFold(f.Method, s.Method),
		s.Duration < f.Least:
		return false
	case f.Status >= 1 && f.Status <= 5 && s.Status/100 != f.Status,
		f.Status > 5 && s.Status != f.Status:
		return false
	}
	return text == "" || slices.ContainsFunc([]string{s.ID, s.Service, s.Name, s.Path}, func(of string) bool {
		return strings.Contains(strings.ToLower(of), text)
	})
}

// Summaries are the last n traces that a filter wants, the newest first.
func (s *Store) Summaries(n int, f Filter) []Summary {
	s.mu.Lock()
	all := make([]Summary, 0, len(s.traces))
	for id, trace := range s.traces {
		all = append(all, trace.summary(id))
	}
	s.mu.Unlock()
	all = slices.DeleteFunc(all, func(one Summary) bool { return !f.wants(&one) })
	slices.SortFunc(all, func(a, b Summary) int { return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID)) })
	return all[:min(max(n, 0), len(all))]
}

func (k *kept) summary(id string) Summary {
	root := k.root()
	one := Summary{
		ID: id, Start: root.Start, Service: root.Service, Name: root.Name, Method: root.Method, Path: root.Path, Status: root.Status,
		Fault: root.Fault, Error: root.Error, Throttle: root.Throttle, InProgress: root.End.IsZero(), Segments: len(k.segments),
	}
	end := root.End
	for _, s := range k.segments {
		if s.Start.Before(one.Start) {
			one.Start = s.Start
		}
		if s.End.After(end) {
			end = s.End
		}
	}
	if end.After(one.Start) {
		one.Duration = end.Sub(one.Start)
	}
	return one
}

// root is the earliest segment whose parent is not here; where each has one,
// in a circle, the earliest of all.
func (k *kept) root() Segment {
	var root, first Segment
	for _, s := range k.segments {
		if first.ID == "" || earlier(&s, &first) < 0 {
			first = s
		}
		if _, has := k.segments[s.Parent]; !has && (root.ID == "" || earlier(&s, &root) < 0) {
			root = s
		}
	}
	if root.ID == "" {
		return first
	}
	return root
}

// earlier orders by start, then by id.
func earlier(a, b *Segment) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) }
