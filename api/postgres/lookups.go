package postgres

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"catalog/api/catalog"
)

const (
	// maxLookups is how many statements look up products at once. One more who
	// asks waits for the next of them, and shares it with all who wait: the
	// round trip to the database costs more than what it does.
	maxLookups = 2
	// lookupTimeout is for who asks without a deadline.
	lookupTimeout = 5 * time.Second
)

// lookups are products that are looked up by id, many with one statement when
// many ask at once.
type lookups struct {
	store *Store

	mu      sync.Mutex
	waiting []*lookup
	running int
}

// lookup is one who asks.
type lookup struct {
	id    uuid.UUID
	woken chan struct{} // closed when d and err are there, or it is to lead
	leads bool
	d     catalog.Document
	err   error
}

// get answers one product. A request that is traced has a statement of its
// own, so that its trace is whole.
func (l *lookups) get(ctx context.Context, id uuid.UUID) (catalog.Document, error) {
	if trace.SpanFromContext(ctx).IsRecording() {
		return l.store.lookup(ctx, id)
	}
	mine := &lookup{id: id}
	l.mu.Lock()
	if l.running < maxLookups {
		l.running++
		l.mu.Unlock()
		return l.lead(ctx, mine)
	}
	mine.woken = make(chan struct{})
	l.waiting = append(l.waiting, mine)
	l.mu.Unlock()
	select {
	case <-mine.woken:
		if !mine.leads {
			return mine.d, mine.err
		}
	case <-ctx.Done():
		if !l.leave(mine) {
			return catalog.Document{}, translate(ctx.Err())
		}
	}
	return l.lead(ctx, mine)
}

// leave takes back one who waits. It says whether that one is to lead: others
// wait for it.
func (l *lookups) leave(mine *lookup) (leads bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, mine); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
	return mine.leads
}

// lead looks up its own product and those of all who wait, and lets the first
// of those who came meanwhile lead the next.
func (l *lookups) lead(ctx context.Context, mine *lookup) (catalog.Document, error) {
	l.mu.Lock()
	batch := append([]*lookup{mine}, l.waiting...)
	l.waiting = nil
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, w := range batch[1:] {
			close(w.woken)
		}
		if len(l.waiting) == 0 {
			l.running--
			return
		}
		next := l.waiting[0]
		l.waiting, next.leads = l.waiting[1:], true
		close(next.woken)
	}()
	deadline, bounded := ctx.Deadline()
	if !bounded {
		deadline = time.Now().Add(lookupTimeout)
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline) // others wait: it stays if its client leaves
	defer cancel()
	l.store.lookupAll(ctx, batch)
	return mine.d, mine.err
}

// lookupAll answers each of a batch, with one statement.
func (s *Store) lookupAll(ctx context.Context, batch []*lookup) {
	if len(batch) == 1 {
		batch[0].d, batch[0].err = s.lookup(ctx, batch[0].id)
		return
	}
	ids := make([]uuid.UUID, len(batch))
	for i, w := range batch {
		ids[i] = w.id
	}
	documents, err := s.ProductsByID(ctx, ids)
	found := make(map[uuid.UUID]catalog.Document, len(documents))
	for _, d := range documents {
		found[d.ID] = d
	}
	for _, w := range batch {
		var ok bool
		if w.d, ok = found[w.id]; !ok {
			w.err = catalog.ErrNotFound
		}
		if err != nil {
			w.err = err
		}
	}
}
