package postgres_test

import (
	"testing"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// TestProductsByIDAnswersThoseThatExist, each once and as Product does.
func TestProductsByIDAnswersThoseThatExist(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	a, b, gone := create(t, s, "A", nil), create(t, s, "B", nil), create(t, s, "gone", nil)
	create(t, s, "not asked for", nil)
	if _, err := s.UpdateProduct(t.Context(), b.ID, edit(func(in *catalog.ProductInput) { in.Stock = 5 })); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteProduct(t.Context(), gone.ID, func(int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	got, err := s.ProductsByID(t.Context(), []uuid.UUID{b.ID, uuid.New(), a.ID, gone.ID, b.ID})
	if err != nil || len(got) != 2 {
		t.Fatalf("%d documents, %v", len(got), err)
	}
	if got[0].ID == got[1].ID {
		t.Errorf("%s is answered twice", got[0].ID)
	}
	for _, d := range got {
		want, err := s.Product(t.Context(), d.ID)
		if err != nil || d.Version != want.Version || string(d.JSON) != string(want.JSON) {
			t.Errorf("version %d is %s\nversion %d alone is %s, %v", d.Version, d.JSON, want.Version, want.JSON, err)
		}
		if p := product(t, d); p.ID != d.ID || d.ID != a.ID && d.ID != b.ID {
			t.Errorf("%s is the document of %s", d.ID, p.ID)
		}
	}
}

func TestProductsByIDOfNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	create(t, s, "A", nil)
	for _, ids := range [][]uuid.UUID{nil, {}, {uuid.New()}, {uuid.Nil}} {
		if got, err := s.ProductsByID(t.Context(), ids); err != nil || len(got) != 0 {
			t.Errorf("%v: %v, %v", ids, got, err)
		}
	}
}
