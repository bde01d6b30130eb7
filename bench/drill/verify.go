package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// audit is what the database says of the acknowledged writes and of those that
// were not.
type audit struct {
	Acknowledged int    `json:"acknowledged"` // writes so far, in this environment
	Lost         []loss `json:"lost,omitempty"`
	// Doubtful are writes without an acknowledgement, Happened those of them
	// that are in the database nevertheless.
	Doubtful int `json:"doubtful"`
	Happened int `json:"happened"`
	// Repeated are POSTs that were sent again with their key, Twice those that
	// then were two products, or another one than before.
	Repeated int      `json:"repeated"`
	Twice    []string `json:"twice,omitempty"`
}

// repeats is how many POSTs of each kind are sent again.
const repeats = 5

// check asks the database that serves for everything that was promised.
func (l *load) check(ctx context.Context, s *server) (audit, error) {
	a := audit{Acknowledged: l.ledger.acknowledged()}
	promised := l.ledger.promised()
	there, err := s.products(ctx, slices.Collect(maps.Keys(promised)))
	if err != nil {
		return a, err
	}
	a.Lost = lost(promised, there)
	doubts := l.ledger.takeDoubts()
	a.Doubtful = len(doubts)
	sent := map[bool]int{} // by whether they had happened
	for _, d := range doubts {
		happened, err := s.happened(ctx, d)
		if err != nil {
			return a, err
		}
		if happened {
			a.Happened++
		}
		if d.key != "" && sent[happened] < repeats {
			sent[happened]++
			if err := l.repeat(ctx, s, d.creation, &a); err != nil {
				return a, err
			}
		}
	}
	for _, c := range l.ledger.lastCreations(repeats) {
		if err := l.repeat(ctx, s, c, &a); err != nil {
			return a, err
		}
	}
	return a, nil
}

// repeat sends a POST again, with its key: there must be one product, the one
// that was answered.
func (l *load) repeat(ctx context.Context, s *server, c creation, a *audit) error {
	a.Repeated++
	before, err := s.bySKU(ctx, c.sku)
	if err != nil {
		return err
	}
	o, id, version := l.post(c)
	after, err := s.bySKU(ctx, c.sku)
	if err != nil {
		return err
	}
	first := c.id
	if first == (uuid.UUID{}) && len(before) > 0 {
		first = before[0]
	}
	switch {
	case !o.good():
		a.Twice = append(a.Twice, fmt.Sprintf("the repeat of %s was answered %s", c.key, o.why))
	case len(after) != 1 || after[0] != id || first != (uuid.UUID{}) && first != id:
		a.Twice = append(a.Twice, fmt.Sprintf("the repeat of %s was answered %s, and there are %v", c.key, id, after))
	case c.id == (uuid.UUID{}): // it is acknowledged now
		c.id = id
		l.ledger.acknowledgeCreation(c, version)
	}
	return nil
}

// products answers those of the ids that are there.
func (s *server) products(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]stored, error) {
	there := map[uuid.UUID]stored{}
	return there, s.ask(ctx, func(c *pgx.Conn) error {
		texts := make([]string, len(ids))
		for i, id := range ids {
			texts[i] = id.String()
		}
		rows, err := c.Query(ctx, "SELECT id, version, stock FROM product WHERE id = ANY ($1::text[]::uuid[])", texts)
		if err != nil {
			return err
		}
		var id [16]byte
		var one stored
		_, err = pgx.ForEachRow(rows, []any{&id, &one.version, &one.stock}, func() error {
			there[id] = one
			return nil
		})
		return err
	})
}

func (s *server) bySKU(ctx context.Context, sku string) (ids []uuid.UUID, err error) {
	return ids, s.ask(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT id FROM product WHERE sku = $1", sku)
		if err != nil {
			return err
		}
		var id [16]byte
		_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
			ids = append(ids, id)
			return nil
		})
		return err
	})
}

// happened says whether a write that was not acknowledged is in the database.
func (s *server) happened(ctx context.Context, d doubt) (bool, error) {
	if d.key != "" {
		ids, err := s.bySKU(ctx, d.sku)
		return len(ids) > 0, err
	}
	there, err := s.products(ctx, []uuid.UUID{d.change.id})
	return there[d.change.id].version >= d.change.version, err
}

// fill makes the products that the load begins with.
func (l *load) fill(n int) error {
	for i := range n {
		c := l.newCreation(-1 - i)
		if o := l.create(c); !o.good() {
			return fmt.Errorf("the load cannot begin: POST %s/products was answered %s, not %d: look at the environment's log", l.api, o.why, http.StatusCreated)
		}
	}
	return nil
}
