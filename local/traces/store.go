package traces

import "sync"

// Bounds of a store: the oldest traces go when there are more than MaxTraces,
// or when all take more than about MaxBytes of memory.
const (
	MaxTraces = 2000
	MaxBytes  = 64 << 20
)

// Store keeps the last traces in memory. It may be used by many at once.
type Store struct {
	maxTraces, maxBytes int

	mu     sync.Mutex
	traces map[string]*kept
	order  []string // by arrival of the first segment, the oldest first
	bytes  int
	gone   int // traces that were dropped for newer ones
}

// kept is a trace as it came in.
type kept struct {
	segments map[string]Segment // by id
	bytes    int
}

// NewStore is an empty one.
func NewStore() *Store { return newStore(MaxTraces, MaxBytes) }

func newStore(maxTraces, maxBytes int) *Store {
	return &Store{maxTraces: maxTraces, maxBytes: maxBytes, traces: map[string]*kept{}}
}

// Len is how many traces are kept; dropped, how many older ones are gone.
func (s *Store) Len() (kept, dropped int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.traces), s.gone
}

// add keeps a segment. One that comes again takes the place of the first: a
// segment in progress is sent a second time when it is complete, and never the
// other way round.
func (s *Store) add(f found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	trace := s.traces[f.trace]
	if trace == nil {
		trace = &kept{segments: map[string]Segment{}}
		s.traces[f.trace] = trace
		s.order = append(s.order, f.trace)
	}
	size := f.segment.size()
	if old, again := trace.segments[f.segment.ID]; again {
		if f.segment.End.IsZero() && !old.End.IsZero() {
			return // packets overtake each other
		}
		size -= old.size()
	}
	trace.segments[f.segment.ID] = f.segment
	trace.bytes += size
	s.bytes += size
	for len(s.order) > s.maxTraces || s.bytes > s.maxBytes && len(s.order) > 0 {
		s.dropOldest()
	}
}

func (s *Store) dropOldest() {
	oldest := s.order[0]
	s.order = s.order[1:]
	s.bytes -= s.traces[oldest].bytes
	delete(s.traces, oldest)
	s.gone++
}
