package postgres_test

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"catalog/api/catalog"
)

func TestCategoriesCountTheirSubtrees(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	putCategory(t, s, "z", "")
	putCategory(t, s, "m", "z")
	putCategory(t, s, "a", "m")
	putCategory(t, s, "other", "")
	for i, category := range []string{"z", "m", "m", "a", "a", "a", ""} {
		create(t, s, fmt.Sprint("sku-", i), func(in *catalog.ProductInput) { in.Category = &category })
	}
	want := []catalog.Category{
		{ID: "a", Name: "Name of a", ParentID: ptr("m"), Path: []string{"Name of z", "Name of m", "Name of a"}, ProductCount: 3},
		{ID: "m", Name: "Name of m", ParentID: ptr("z"), Path: []string{"Name of z", "Name of m"}, ProductCount: 5},
		{ID: "other", Name: "Name of other", Path: []string{"Name of other"}},
		{ID: "z", Name: "Name of z", Path: []string{"Name of z"}, ProductCount: 6},
	}
	got, err := s.Categories(t.Context())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the tree is %+v, %v\nwant %+v", got, err, want)
	}
	for _, c := range want { // the tree and its nodes are two statements that must agree
		if got, err := s.Category(t.Context(), c.ID); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%s is %+v, %v\nwant %+v", c.ID, got, err, c)
		}
	}
	if _, err := s.Category(t.Context(), "nowhere"); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("nowhere: %v", err)
	}
}

func TestPutCategorySaysWhetherItIsNew(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, name := range []string{"Чайники", "Самовары"} {
		created, err := s.PutCategory(t.Context(), "kettles", catalog.CategoryInput{Name: name})
		if err != nil || created != (i == 0) {
			t.Errorf("put %d: created is %v, %v", i, created, err)
		}
		if c, err := s.Category(t.Context(), "kettles"); err != nil || c.Name != name {
			t.Errorf("the name is %q, %v", c.Name, err)
		}
	}
}

func TestCategoryNeedsAParentThatExists(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	_, err := s.PutCategory(t.Context(), "a", catalog.CategoryInput{Name: "A", ParentID: ptr("nowhere")})
	wantInvalid(t, err, "/parent_id")
	if _, err := s.Category(t.Context(), "a"); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("it was stored all the same: %v", err)
	}
}

func TestCategoryMovesWithItsSubtree(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, c := range [][2]string{{"a", ""}, {"b", "a"}, {"c", "b"}, {"d", ""}} {
		putCategory(t, s, c[0], c[1])
	}
	putCategory(t, s, "b", "d")
	c, err := s.Category(t.Context(), "c")
	if want := []string{"Name of d", "Name of b", "Name of c"}; err != nil || !reflect.DeepEqual(c.Path, want) {
		t.Errorf("the path is %q, %v, want %q", c.Path, err, want)
	}
	putCategory(t, s, "b", "")
	if c, err = s.Category(t.Context(), "c"); err != nil || len(c.Path) != 2 {
		t.Errorf("below a root the path is %q, %v", c.Path, err)
	}
}

func TestCategoryMoveMayNotCloseACircle(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, c := range [][2]string{{"a", ""}, {"b", "a"}, {"c", "b"}} {
		putCategory(t, s, c[0], c[1])
	}
	for _, parent := range []string{"a", "b", "c"} {
		_, err := s.PutCategory(t.Context(), "a", catalog.CategoryInput{Name: "A", ParentID: ptr(parent)})
		wantInvalid(t, err, "/parent_id")
	}
	if c, err := s.Category(t.Context(), "c"); err != nil || len(c.Path) != 3 {
		t.Errorf("the tree changed: %q, %v", c.Path, err)
	}
}

// TestTwoMovesAtOnceCloseNoCircle: each is fine alone.
func TestTwoMovesAtOnceCloseNoCircle(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for round := range 8 {
		a, b := fmt.Sprint("a", round), fmt.Sprint("b", round)
		putCategory(t, s, a, "")
		putCategory(t, s, b, "")
		var errs [2]error
		var group sync.WaitGroup
		group.Go(func() { _, errs[0] = s.PutCategory(t.Context(), a, catalog.CategoryInput{Name: "A", ParentID: &b}) })
		group.Go(func() { _, errs[1] = s.PutCategory(t.Context(), b, catalog.CategoryInput{Name: "B", ParentID: &a}) })
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("one of two moves must be refused: %v, %v", errs[0], errs[1])
		}
		wantInvalid(t, errors.Join(errs[:]...), "/parent_id")
	}
}

// chain makes a line of categories, each below the one before.
func chain(t *testing.T, s catalog.Store, prefix string, levels int) {
	t.Helper()
	var parent *string
	for i := 1; i <= levels; i++ {
		id := fmt.Sprintf("%s-%d", prefix, i)
		if _, err := s.PutCategory(t.Context(), id, catalog.CategoryInput{Name: id, ParentID: parent}); err != nil {
			t.Fatal(err)
		}
		parent = &id
	}
}

func TestTreeMayNotGrowTooDeep(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	chain(t, s, "deep", catalog.MaxCategoryDepth)
	leaf := fmt.Sprintf("deep-%d", catalog.MaxCategoryDepth)
	_, err := s.PutCategory(t.Context(), "new", catalog.CategoryInput{Name: "New", ParentID: &leaf})
	wantInvalid(t, err, "/parent_id")

	// A subtree that moves counts with all its levels.
	chain(t, s, "moved", 4)
	below := func(level int) error {
		parent := fmt.Sprintf("deep-%d", level)
		_, err := s.PutCategory(t.Context(), "moved-1", catalog.CategoryInput{Name: "M", ParentID: &parent})
		return err
	}
	wantInvalid(t, below(catalog.MaxCategoryDepth-3), "/parent_id")
	if err := below(catalog.MaxCategoryDepth - 4); err != nil {
		t.Errorf("4 levels that just fit: %v", err)
	}
	if c, err := s.Category(t.Context(), "moved-4"); err != nil || len(c.Path) != catalog.MaxCategoryDepth {
		t.Errorf("the deepest lies at level %d, %v", len(c.Path), err)
	}
	// What lies at the bottom can still be renamed where it is.
	putCategory(t, s, leaf, fmt.Sprintf("deep-%d", catalog.MaxCategoryDepth-1))
}
