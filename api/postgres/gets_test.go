package postgres_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// TestGetsAtOnceAreEachAnsweredWithTheirOwn: products that exist and that do
// not, by clients that stay and that leave.
func TestGetsAtOnceAreEachAnsweredWithTheirOwn(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	products := make([]catalog.Product, 50)
	for i := range products {
		products[i] = create(t, s, uuid.NewString(), nil)
	}
	var answered atomic.Int64
	var all sync.WaitGroup
	for w := range 16 {
		all.Go(func() {
			for n := range 200 {
				ctx, cancel := context.WithCancel(t.Context())
				if n%7 == w%7 { // this one leaves, sooner or later
					time.AfterFunc(time.Duration(n%5)*100*time.Microsecond, cancel)
				}
				p := products[(n*31+w)%len(products)]
				d, err := s.Product(ctx, p.ID)
				switch {
				case err == nil && (d.ID != p.ID || product(t, d).SKU != p.SKU):
					t.Errorf("asked for %s, got %s", p.ID, d.JSON)
				case err != nil && ctx.Err() == nil:
					t.Errorf("asked for %s: %v", p.ID, err)
				case err == nil:
					answered.Add(1)
				}
				if _, err := s.Product(t.Context(), uuid.New()); !errors.Is(err, catalog.ErrNotFound) {
					t.Errorf("asked for nothing: %v", err)
				}
				cancel()
			}
		})
	}
	all.Wait()
	if answered.Load() < 16*100 {
		t.Errorf("only %d were answered", answered.Load())
	}
}

// TestGetsEndWhenTheDatabaseIsAway: each with an answer, and the next ones
// are not kept waiting by those.
func TestGetsEndWhenTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	s := open(t, nowhere(t))
	var all sync.WaitGroup
	began := time.Now()
	for range 20 {
		all.Go(func() {
			if _, err := s.Product(t.Context(), uuid.New()); !errors.Is(err, catalog.ErrUnavailable) {
				t.Errorf("the answer is %v", err)
			}
		})
	}
	all.Wait()
	if took := time.Since(began); took > quickly {
		t.Errorf("it took %s", took)
	}
}
