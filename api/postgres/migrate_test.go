package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// lines is a log that says when a message comes.
type lines struct {
	mu      sync.Mutex
	text    bytes.Buffer
	message string
	seen    func()
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen != nil && bytes.Contains(p, []byte(l.message)) {
		l.seen()
	}
	return l.text.Write(p)
}

func (l *lines) count(message string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), message)
}

func migrate(ctx context.Context, o postgres.Options, l *lines) error {
	return postgres.Migrate(ctx, o, slog.New(slog.NewTextHandler(l, nil)))
}

func TestMigrateIsIdempotent(t *testing.T) {
	t.Parallel()
	o := newDatabase(t)
	var first, second lines
	if err := migrate(t.Context(), o, &first); err != nil {
		t.Fatal(err)
	}
	s := open(t, o)
	putCategory(t, s, "kitchen", "")
	kept := create(t, s, "A-1", func(in *catalog.ProductInput) { in.Category = ptr("kitchen") })
	if err := migrate(t.Context(), o, &second); err != nil {
		t.Fatal(err)
	}
	if first.count("migration applied") == 0 || second.count("migration applied") != 0 || second.count("schema is current") != 1 {
		t.Errorf("first:\n%s\nsecond:\n%s", &first.text, &second.text)
	}
	if _, err := s.Product(t.Context(), kept.ID); err != nil {
		t.Errorf("what was there before is gone: %v", err)
	}
}

// TestTwoMigrationsAtOnceTakeTurns: each version is applied by one of them.
func TestTwoMigrationsAtOnceTakeTurns(t *testing.T) {
	t.Parallel()
	o := newDatabase(t)
	var alone lines
	if err := migrate(t.Context(), newDatabase(t), &alone); err != nil {
		t.Fatal(err)
	}
	var log lines
	errs := make(chan error, 2)
	for range cap(errs) {
		go func() { errs <- migrate(t.Context(), o, &log) }()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got, want := log.count("migration applied"), alone.count("migration applied"); got != want || log.count("schema is current") != 2 {
		t.Errorf("%d versions applied, want %d:\n%s", got, want, &log.text)
	}
	create(t, open(t, o), "A-1", nil)
}

// TestMigrateWaitsForTheDatabase: in a first deployment both start together.
func TestMigrateWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	p, o := newProxy(t, newDatabase(t), refuses)
	log := lines{message: "database not available yet", seen: func() { p.become(passes) }}
	if err := migrate(t.Context(), o, &log); err != nil {
		t.Fatal(err)
	}
	if log.count("database not available yet") != 1 || log.count("schema is current") != 1 {
		t.Errorf("the log is\n%s", &log.text)
	}
}

func TestMigrateGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := lines{message: "database not available yet", seen: cancel}
	if err := migrate(ctx, nowhere(t), &log); !errors.Is(err, catalog.ErrUnavailable) {
		t.Errorf("the answer is %v, want what it waited for", err)
	}
}
