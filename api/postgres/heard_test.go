package postgres_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// heard is what a store's Watch told of: "watching", "deaf", "lists", "all" or
// the ids that changed, with what of them where not all of it did.
type heard chan string

func (h heard) Changed(c catalog.Change) {
	switch {
	case c.All:
		h <- "all"
	case len(c.IDs) == 0:
		h <- "lists"
	case c.Aspects == catalog.AllAspects:
		h <- strings.Join(c.IDs, ",")
	default:
		h <- strings.Join(c.IDs, ",") + " " + aspectsOf(c)
	}
}

func aspectsOf(c catalog.Change) (text string) {
	for _, a := range []struct {
		aspect catalog.Aspects
		name   string
	}{{catalog.Placed, "placed"}, {catalog.Priced, "priced"}, {catalog.Stocked, "stocked"}, {catalog.Updated, "updated"}} {
		if c.Aspects&a.aspect != 0 {
			text += "+" + a.name
		}
	}
	return text
}

func (h heard) Watching(yes bool) {
	if yes {
		h <- "watching"
	} else {
		h <- "deaf"
	}
}

// watchOf watches a catalog until the test ends or stop is called, which waits
// for Watch to return.
func watchOf(t *testing.T, o postgres.Options) (told heard, stop func()) {
	t.Helper()
	s := open(t, o)
	told = make(heard, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { s.Watch(ctx, told, slog.New(slog.DiscardHandler)) })
	stop = func() { cancel(); watching.Wait() }
	t.Cleanup(stop)
	return told, stop
}

// next answers what is told of next, which must come soon.
func (h heard) next(t *testing.T, within time.Duration) string {
	t.Helper()
	select {
	case what := <-h:
		return what
	case <-time.After(within):
		t.Fatalf("nothing is told of within %s", within)
		return ""
	}
}

// want waits for what must be told of next.
func (h heard) want(t *testing.T, within time.Duration, want string) {
	t.Helper()
	if got := h.next(t, within); got != want {
		t.Fatalf("told of %.200q, want %.200q", got, want)
	}
}

// told is the bound that is documented for another task's changes.
const told = time.Second

// raw is a connection of its own: anybody's who writes to the database.
func raw(t testing.TB, o postgres.Options) *pgx.Conn {
	t.Helper()
	c, err := connect(t.Context(), o.Database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func exec(t testing.TB, c *pgx.Conn, statement string, args ...any) {
	t.Helper()
	if _, err := c.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%.100s: %v", statement, err)
	}
}
