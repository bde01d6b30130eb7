package rest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"catalog/api/catalog"
)

// cache keeps answers in memory and knows which of them still hold.
//
// The store tells it of every change (Changed), of a task's own before that is
// answered, of others' as the database's notifications arrive. While those do
// not arrive (Watching) nothing that is kept holds, and each read asks the
// store; what is kept answers only when the store cannot.
//
// A product's answer goes when the product changes. An answer of a list or of
// categories holds until something changes that it depends on: see holding.
type cache struct {
	entries *otter.Cache[string, *answer]
	flights flights
	now     func() time.Time

	mu       sync.Mutex    // held to change what follows, and entries
	sequence atomic.Uint64 // counts changes: of anything
	watch    atomic.Uint64 // counts how often watching began or ended
	watching atomic.Bool
	ownLists atomic.Uint64 // the sequence of this task's last own change
	changes  changes
}

// kept says of an answer that it is in a cache, and as of when.
type kept struct {
	in              *cache // nil: it is not
	key             string
	isList          bool
	sequence, watch uint64
	of              *holding // of a list
}

// overhead is what a kept answer takes beside its key and its bodies.
const overhead = 350

// newCache keeps up to so many bytes; 0 keeps nothing.
func newCache(bytes int64, now func() time.Time) *cache {
	c := &cache{now: now}
	if bytes > 0 {
		c.entries = otter.Must(&otter.Options[string, *answer]{
			MaximumWeight: uint64(bytes),
			Weigher:       func(key string, a *answer) uint32 { return uint32(len(key) + a.bytes() + a.kept.of.bytes() + overhead) },
		})
	}
	return c
}

// hit answers what is kept and holds, or nil. A product's key comes from the
// client as it is, so it must not find a list.
func (c *cache) hit(key string, isList bool) *answer {
	if c.entries == nil || !c.watching.Load() {
		return nil
	}
	a, ok := c.entries.GetIfPresent(key)
	if !ok || a.kept.isList != isList || a.kept.watch != c.watch.Load() || isList && !c.changes.hold(a.kept) {
		return nil
	}
	return a
}

// get answers what is kept and holds, or loads it: once, however many ask. A
// request that comes after a change never waits for a load that began before.
// Where the store is not available, stale answers what was kept.
func (c *cache) get(ctx context.Context, key string, isList bool, load func(context.Context) (*answer, error)) (a *answer, stale bool, err error) {
	if a := c.hit(key, isList); a != nil {
		return a, false, nil
	}
	as := flightKey{key: key, sequence: c.sequence.Load(), watch: c.watch.Load()}
	if !c.watching.Load() {
		as.slot = c.now().UnixNano() / int64(shareTime)
	}
	a, err = c.flights.do(ctx, as, c.patience(key), func(ctx context.Context) (*answer, error) {
		a, err := load(ctx)
		as := kept{in: c, key: key, isList: isList, sequence: as.sequence, watch: as.watch}
		if err == nil {
			as.of = a.kept.of
		}
		c.loaded(a, as, err)
		return a, err
	})
	if err == nil {
		return a, false, nil
	}
	if errors.Is(err, catalog.ErrUnavailable) {
		if a := c.old(key); a != nil {
			return a, true, nil
		}
	}
	return nil, false, err
}

// shareTime bounds for how long others may join a load while changes are not
// heard of: what they get may be that much older than their request.
const shareTime = 250 * time.Millisecond

// patience is how long a load may take: not long when there is something to
// answer instead of all of it.
func (c *cache) patience(keys ...string) time.Duration {
	if c.watching.Load() {
		return requestTimeout
	}
	for _, key := range keys {
		if c.old(key) == nil {
			return requestTimeout
		}
	}
	return stalePatience
}

// stalePatience is how long a read waits for a database of which nothing is
// heard, when memory has an answer.
const stalePatience = 500 * time.Millisecond

// old is what was kept and may be answered instead of nothing: never what is
// older than a change of it that this task has acknowledged.
func (c *cache) old(key string) *answer {
	if c.entries == nil {
		return nil
	}
	a, ok := c.entries.GetIfPresent(key)
	if !ok || a.kept.isList && a.kept.sequence < c.ownLists.Load() && !c.changes.hold(a.kept) {
		return nil
	}
	return a
}

// loaded keeps what a load has found, and forgets what it found to be gone,
// unless something changed since the load began: it may be of before that.
func (c *cache) loaded(a *answer, as kept, err error) {
	if c.entries == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case as.watch != c.watch.Load() || as.sequence != c.sequence.Load() && (err != nil || !c.holds(as)):
	case err == nil:
		a.kept = as
		c.entries.Set(as.key, a)
	case errors.Is(err, catalog.ErrNotFound):
		c.entries.Invalidate(as.key)
	}
}

// holds says whether nothing that an answer depends on has changed since it was
// loaded.
func (c *cache) holds(k kept) bool {
	if k.isList {
		return c.changes.hold(k)
	}
	return c.changes.holdProduct(k)
}

// grown makes room for what was added to an answer.
func (k *kept) grown(a *answer) {
	if k.in == nil {
		return
	}
	k.in.mu.Lock()
	defer k.in.mu.Unlock()
	if there, ok := k.in.entries.GetIfPresent(k.key); ok && there == a {
		k.in.entries.Set(k.key, a)
	}
}

// changed tells of a change, and whether it is this task's own.
func (c *cache) changed(what catalog.Change, own bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sequence := c.sequence.Add(1)
	if own {
		c.ownLists.Store(sequence)
	}
	c.changes.add(what, sequence)
	if c.entries == nil {
		return
	}
	if what.All {
		c.entries.InvalidateAll()
	}
	for _, id := range what.IDs {
		c.entries.Invalidate(id) // which is the key of a product's answer
	}
}

// setWatching tells whether changes that others make are heard of from now on.
// Whenever that begins or ends, what was kept before does not hold any more.
func (c *cache) setWatching(yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.watching.Load(); was || yes { // an end may be told of again and again
		c.watch.Add(1)
	}
	c.watching.Store(yes)
}
