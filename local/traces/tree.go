package traces

import (
	"iter"
	"slices"
)

// Trace is a whole trace.
type Trace struct {
	Summary
	// Roots are the segments whose parent is not here, in the order of their
	// starts; the others are below them.
	Roots []*Segment
}

// Trace answers a trace by its id, in X-Ray's form or in W3C's 32 digits; false
// for one that is not kept.
func (s *Store) Trace(id string) (Trace, bool) {
	id, ok := traceID(id)
	if !ok {
		return Trace{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	trace := s.traces[id]
	if trace == nil {
		return Trace{}, false
	}
	return Trace{Summary: trace.summary(id), Roots: trace.tree()}, true
}

// Has says whether a trace is kept, as Trace does, without making its tree.
func (s *Store) Has(id string) bool {
	id, ok := traceID(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok && s.traces[id] != nil
}

// tree puts segments below their parents. Segments whose parents form a circle
// belong to no root: the earliest of them becomes one, so that none is lost.
func (k *kept) tree() []*Segment {
	all := make([]*Segment, 0, len(k.segments))
	for _, s := range k.segments {
		all = append(all, new(s))
	}
	slices.SortFunc(all, earlier)
	children := map[string][]*Segment{}
	var roots []*Segment
	for _, s := range all {
		if _, has := k.segments[s.Parent]; has {
			children[s.Parent] = append(children[s.Parent], s)
		} else {
			roots = append(roots, s)
		}
	}
	placed := map[*Segment]bool{}
	for _, root := range roots {
		place(root, children, placed)
	}
	for _, s := range all {
		if !placed[s] {
			first := k.firstInCircle(s.ID)
			at := slices.IndexFunc(all, func(o *Segment) bool { return o.ID == first })
			roots = append(roots, all[at])
			place(all[at], children, placed)
		}
	}
	slices.SortStableFunc(roots, earlier)
	return roots
}

// firstInCircle goes up from a segment until it comes to one again, and answers
// the earliest of those that it would come to for ever.
func (k *kept) firstInCircle(id string) string {
	seen := map[string]bool{}
	for ; !seen[id]; id = k.segments[id].Parent {
		seen[id] = true
	}
	first := k.segments[id]
	for at := k.segments[first.Parent]; at.ID != id; at = k.segments[at.Parent] {
		if earlier(&at, &first) < 0 {
			first = at
		}
	}
	return first.ID
}

// place hangs everything below a segment, without recursion: a trace may be
// deeper than a stack.
func place(root *Segment, children map[string][]*Segment, placed map[*Segment]bool) {
	placed[root] = true
	for todo := []*Segment{root}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, child := range children[s.ID] {
			if !placed[child] {
				placed[child] = true
				s.Children = append(s.Children, child)
				todo = append(todo, child)
			}
		}
	}
}

// All goes through a trace from the top, each segment before its children,
// with its depth; a root's is 0.
func (t *Trace) All() iter.Seq2[int, *Segment] {
	type one struct {
		depth   int
		segment *Segment
	}
	return func(yield func(int, *Segment) bool) {
		var todo []one
		push := func(depth int, all []*Segment) {
			for _, s := range slices.Backward(all) {
				todo = append(todo, one{depth, s})
			}
		}
		push(0, t.Roots)
		for len(todo) > 0 {
			next := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !yield(next.depth, next.segment) {
				return
			}
			push(next.depth+1, next.segment.Children)
		}
	}
}
