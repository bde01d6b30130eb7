package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"catalog/api/catalog"
)

// TestDeleteChecksTheVersionThatItDeletes: a change that is committed while
// the deletion waits for it is not lost unseen.
func TestDeleteChecksTheVersionThatItDeletes(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	p := create(t, s, "A-1", nil)
	exec(t, c, "BEGIN; UPDATE product SET version = 2")
	ended := make(chan error, 1)
	go func() {
		ended <- s.DeleteProduct(t.Context(), p.ID, func(version int64) error {
			if version != 1 {
				return errStale
			}
			return nil
		})
	}()
	awaitWait(t, o)
	exec(t, c, "COMMIT")
	if err := <-ended; !errors.Is(err, errStale) {
		t.Errorf("it was deleted at a version that nobody checked: %v", err)
	}
	var left int
	if err := c.QueryRow(t.Context(), "SELECT count(*) FROM product").Scan(&left); err != nil || left != 1 {
		t.Errorf("%d products are left, %v", left, err)
	}
}

// TestOneOfManyDeletesAtOnceDeletes and the others find nothing.
func TestOneOfManyDeletesAtOnceDeletes(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := create(t, s, "A-1", nil)
	answers := make([]error, 8)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() { answers[i] = s.DeleteProduct(t.Context(), p.ID, func(int64) error { return nil }) })
	}
	group.Wait()
	deleted := 0
	for _, err := range answers {
		switch {
		case err == nil:
			deleted++
		case !errors.Is(err, catalog.ErrNotFound):
			t.Error(err)
		}
	}
	if deleted != 1 {
		t.Errorf("%d say that they deleted it", deleted)
	}
}

// TestCategoryThatFillsWhileItIsDeleted: either it stays, or what would be in
// it is refused; nothing is ever in a category that does not exist.
func TestCategoryThatFillsWhileItIsDeleted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for round := range 20 {
		id, child := fmt.Sprint("c", round), fmt.Sprint("child", round)
		putCategory(t, s, id, "")
		p := newProduct(t, catalog.ProductInput{SKU: id, Name: "Kettle", Category: &id})
		var deleted, inserted, put error
		var group sync.WaitGroup
		group.Go(func() { deleted = s.DeleteCategory(t.Context(), id) })
		group.Go(func() { inserted = insert(t.Context(), s, p) })
		group.Go(func() {
			_, put = s.PutCategory(t.Context(), child, catalog.CategoryInput{Name: "Child", ParentID: &id})
		})
		group.Wait()
		switch {
		case deleted == nil:
			wantInvalid(t, inserted, "/category")
			wantInvalid(t, put, "/parent_id")
		case !errors.Is(deleted, catalog.ErrInUse):
			t.Errorf("the deletion: %v", deleted)
		case inserted != nil && put != nil:
			t.Errorf("it is in use by nothing: %v, %v", inserted, put)
		}
	}
}
