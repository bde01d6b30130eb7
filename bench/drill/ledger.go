package main

import (
	"math/rand/v2"
	"sync"

	"github.com/google/uuid"
)

// A product of the drill's has its version as its stock, in every version: so
// the database shows whether a version is the one that was acknowledged.

// ledger remembers what the system has promised: every acknowledged write, and
// every write of which it is not known whether it happened.
type ledger struct {
	mu    sync.Mutex
	acked map[uuid.UUID]int64 // the highest acknowledged version
	// created and changed count acknowledgements.
	created, changed int
	// idle are products that no PATCH is under way for, with their versions.
	idle []held
	ids  []uuid.UUID // all that were acknowledged, to be read
	// doubtful are writes without an acknowledgement.
	doubtful []doubt
	// repeatable are some acknowledged POSTs.
	repeatable []creation
}

type held struct {
	id      uuid.UUID
	version int64
}

// creation is a POST, as it can be sent again.
type creation struct {
	key, sku string
	body     []byte
	id       uuid.UUID // what was answered; zero when nothing was
}

// doubt is a write that may have happened: a creation, or a change to a
// version.
type doubt struct {
	creation
	change held
	why    string
}

func newLedger() *ledger { return &ledger{acked: map[uuid.UUID]int64{}} }

const (
	maxIdle       = 400 // products that are changed
	maxRepeatable = 50
)

// acknowledgeCreation notes that a POST was answered 201.
func (l *ledger) acknowledgeCreation(c creation, version int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.created++
	l.acked[c.id] = max(l.acked[c.id], version)
	l.ids = append(l.ids, c.id)
	if len(l.idle) < maxIdle {
		l.idle = append(l.idle, held{c.id, version})
	}
	if len(l.repeatable) == maxRepeatable {
		l.repeatable = l.repeatable[1:]
	}
	l.repeatable = append(l.repeatable, c)
}

// acknowledgeChange notes that a PATCH was answered 200, and gives its product
// back.
func (l *ledger) acknowledgeChange(h held) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed++
	l.acked[h.id] = max(l.acked[h.id], h.version)
	l.idle = append(l.idle, h)
}

// promise notes a version that a drill itself was given.
func (l *ledger) promise(id uuid.UUID, version int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if version == 1 {
		l.created++
	} else {
		l.changed++
	}
	l.acked[id] = max(l.acked[id], version)
}

// doubted notes a write that was not acknowledged. A product whose version is
// not known any more is not changed again.
func (l *ledger) doubted(d doubt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.doubtful = append(l.doubtful, d)
}

// takeIdle takes a product to change; nobody else has it until it is given
// back.
func (l *ledger) takeIdle(chance *rand.Rand) (held, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.idle) == 0 {
		return held{}, false
	}
	i, last := chance.IntN(len(l.idle)), len(l.idle)-1
	taken := l.idle[i]
	l.idle[i] = l.idle[last]
	l.idle = l.idle[:last]
	return taken, true
}

func (l *ledger) anyID(chance *rand.Rand) (uuid.UUID, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ids) == 0 {
		return uuid.UUID{}, false
	}
	return l.ids[chance.IntN(len(l.ids))], true
}

// acknowledged counts the writes that were, so far.
func (l *ledger) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.created + l.changed
}

// promised are the versions that must be there.
func (l *ledger) promised() map[uuid.UUID]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make(map[uuid.UUID]int64, len(l.acked))
	for id, version := range l.acked {
		all[id] = version
	}
	return all
}

// takeDoubts answers the doubtful writes since it was called last.
func (l *ledger) takeDoubts() []doubt {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.doubtful
	l.doubtful = nil
	return taken
}

// lastCreations are the newest acknowledged POSTs.
func (l *ledger) lastCreations(n int) []creation {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]creation(nil), l.repeatable[max(0, len(l.repeatable)-n):]...)
}

// stored is what the database has of a product.
type stored struct {
	version, stock int64
}

// loss is an acknowledged write that is not in the database.
type loss struct {
	ID   uuid.UUID `json:"id"`
	What string    `json:"what"`
}

// lost compares what was promised with what is there.
func lost(promised map[uuid.UUID]int64, there map[uuid.UUID]stored) []loss {
	var losses []loss
	for id, version := range promised {
		switch s, ok := there[id]; {
		case !ok:
			losses = append(losses, loss{id, "the product is missing"})
		case s.version < version:
			losses = append(losses, loss{id, "its version is older than what was acknowledged"})
		case s.stock != s.version:
			losses = append(losses, loss{id, "its version has another one's content"})
		}
	}
	return losses
}
