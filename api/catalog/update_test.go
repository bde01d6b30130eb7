package catalog_test

import (
	"testing"
	"time"

	"catalog/api/catalog"
)

// TestI7_AChangeIsLaterThanTheOneBefore: also when a clock was set back, or
// when both fall into one microsecond.
func TestI7_AChangeIsLaterThanTheOneBefore(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	p, err := catalog.NewProduct(catalog.ProductInput{SKU: "A", Name: "A", Status: catalog.StatusActive}, now)
	if err != nil {
		t.Fatal(err)
	}
	if !p.UpdatedAt.Equal(now) || !p.CreatedAt.Equal(now) {
		t.Errorf("a new product was created at %v and updated at %v, want %v", p.CreatedAt, p.UpdatedAt, now)
	}
	for _, at := range []time.Duration{time.Hour, 0, 0, 2 * time.Hour} {
		next, err := p.With(p.Input(), now.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		if !next.UpdatedAt.After(p.UpdatedAt) || next.UpdatedAt.Before(now.Add(at)) {
			t.Errorf("version %d was updated at %v, after %v, when the clock said %v", next.Version, next.UpdatedAt, p.UpdatedAt, now.Add(at))
		}
		p = next
	}
	if !p.UpdatedAt.Equal(now.Add(2 * time.Hour)) {
		t.Errorf("when the clock is right again, the update is at %v", p.UpdatedAt)
	}
}
