package main

import (
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
)

// TestI7_AnAcknowledgedWriteThatIsMissingIsLost: the proof is worth as much as
// this.
func TestI7_AnAcknowledgedWriteThatIsMissingIsLost(t *testing.T) {
	t.Parallel()
	kept, missing, older, mixed := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	l := newLedger()
	for _, id := range []uuid.UUID{kept, missing, older, mixed} {
		l.acknowledgeCreation(creation{key: id.String(), id: id}, 1)
		l.acknowledgeChange(held{id, 2})
	}
	losses := lost(l.promised(), map[uuid.UUID]stored{
		kept:  {version: 3, stock: 3}, // a later version is fine
		older: {version: 1, stock: 1},
		mixed: {version: 2, stock: 1},
	})
	found := map[uuid.UUID]bool{}
	for _, l := range losses {
		found[l.ID] = true
	}
	if len(losses) != 3 || !found[missing] || !found[older] || !found[mixed] {
		t.Errorf("lost are %v, want %v, %v and %v", losses, missing, older, mixed)
	}
	if n := l.acknowledged(); n != 8 {
		t.Errorf("%d writes are acknowledged, want 8", n)
	}
	if r := (result{Recovered: true, Audit: audit{Lost: losses}}); !r.broke() {
		t.Error("a drill that lost writes passes")
	}
}

func TestI7_ALaterAcknowledgementIsNotForgotten(t *testing.T) {
	t.Parallel()
	l, id := newLedger(), uuid.New()
	l.acknowledgeChange(held{id, 7})
	l.promise(id, 3) // it came late
	if got := l.promised()[id]; got != 7 {
		t.Errorf("version %d is promised, want 7", got)
	}
}

// TestI7_NobodyElseChangesAProductMeanwhile: two changes at once would make one
// of them fail by the drill's own fault.
func TestI7_NobodyElseChangesAProductMeanwhile(t *testing.T) {
	t.Parallel()
	l, chance := newLedger(), rand.New(rand.NewPCG(1, 1))
	for range 3 {
		l.acknowledgeCreation(creation{id: uuid.New()}, 1)
	}
	taken := map[uuid.UUID]bool{}
	for range 3 {
		h, ok := l.takeIdle(chance)
		if !ok || taken[h.id] {
			t.Fatalf("product %v was given out twice, or none", h.id)
		}
		taken[h.id] = true
	}
	if _, ok := l.takeIdle(chance); ok {
		t.Error("there is a fourth of three")
	}
	l.doubted(doubt{change: held{uuid.New(), 2}}) // whose version nobody knows
	if _, ok := l.takeIdle(chance); ok {
		t.Error("a product of unknown version is changed")
	}
	if n := len(l.takeDoubts()); n != 1 {
		t.Errorf("%d writes are in doubt, want 1", n)
	}
	if n := len(l.takeDoubts()); n != 0 {
		t.Errorf("%d writes are in doubt twice", n)
	}
}
