package postgres

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"catalog/api/catalog"
)

// Watcher is told of changes that anybody makes to the catalog.
type Watcher interface {
	// Changed: products changed, and with them lists.
	Changed(catalog.Change)
	// Watching: changes are told of from now on, or not until it is called
	// again.
	Watching(yes bool)
}

// channel is where the triggers of migration 3 tell of changes.
const channel = "catalog"

// How the connection that listens is held to life: a connection that a
// network lost silently is given up after pulse + pulseTimeout, and until then
// changes of other tasks go unheard.
const (
	pulse        = time.Second
	pulseTimeout = 2 * time.Second
	// Pauses between attempts to connect, doubled from the first to the last.
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
)

// Watch tells w of changes until ctx ends, on a connection of its own: a
// change is heard of when its transaction commits. It connects again whenever
// the connection is lost.
func (s *Store) Watch(ctx context.Context, w Watcher, log *slog.Logger) {
	pause := firstPause
	for ctx.Err() == nil {
		err := s.listen(ctx, w, func() { pause = firstPause })
		w.Watching(false)
		if ctx.Err() != nil {
			return
		}
		log.Warn("changes of the database are not heard of: nothing is answered from memory until they are", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// listen connects and tells of changes until the connection fails.
func (s *Store) listen(ctx context.Context, w Watcher, connected func()) error {
	c, err := s.connect(ctx, func(config *pgx.ConnConfig) {
		config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) { tell(w, n.Payload) }
	})
	if err != nil {
		return err
	}
	defer hangUp(c)
	asking, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if _, err := c.Exec(asking, "LISTEN "+channel); err != nil {
		return err
	}
	connected()
	w.Watching(true)
	for {
		if err := hear(ctx, c); err != nil {
			return err
		}
	}
}

// hear takes what arrives within a pulse, and then sees that the server still
// answers.
func hear(ctx context.Context, c *pgx.Conn) error {
	waiting, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	err := c.PgConn().WaitForNotification(waiting)
	if err == nil || waiting.Err() == nil || ctx.Err() != nil {
		return err
	}
	asking, cancel := context.WithTimeout(ctx, pulseTimeout)
	defer cancel()
	return c.Ping(asking)
}

// tell reads a notification as migrations 3 and 5 write it.
func tell(w Watcher, payload string) { w.Changed(changeOf(payload)) }

func changeOf(payload string) catalog.Change {
	c := catalog.Change{Aspects: catalog.AllAspects}
	switch payload {
	case "*":
		c.All = true
		return c
	case "":
		return c
	}
	c.IDs = strings.Split(payload, ",")
	last := len(c.IDs) - 1
	letters, known := strings.CutPrefix(c.IDs[last], "=")
	if !known {
		return c
	}
	c.IDs, c.Aspects = c.IDs[:last], catalog.Updated
	for _, letter := range letters {
		aspect, ok := aspects[letter]
		if !ok { // of a migration to come
			aspect = catalog.AllAspects
		}
		c.Aspects |= aspect
	}
	return c
}

// aspects are migration 5's letters.
var aspects = map[rune]catalog.Aspects{'l': catalog.Placed, 'p': catalog.Priced, 's': catalog.Stocked}
