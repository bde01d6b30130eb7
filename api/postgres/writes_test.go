package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// edit changes a product's content.
func edit(change func(in *catalog.ProductInput)) func(catalog.Product) (catalog.Product, error) {
	return func(p catalog.Product) (catalog.Product, error) {
		in := p.Input()
		change(&in)
		return p.With(in, now())
	}
}

// errStale is what a caller answers to a version that it did not expect.
var errStale = errors.New("stale")

func TestUpdateAnswersWhatIsStored(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	putCategory(t, s, "kitchen", "")
	p := create(t, s, "A-1", func(in *catalog.ProductInput) { in.Price = &catalog.Money{Amount: "5", Currency: "AUD"} })
	d, err := s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) {
		in.SKU, in.Name, in.Category, in.Price = "A-2", "Kettle", ptr("kitchen"), nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(t, s, p.ID)
	if want := product(t, d); err != nil || !got.Input().Equal(want.Input()) || got.Version != 2 || d.Version != 2 || got.Price != nil ||
		!got.CreatedAt.Equal(p.CreatedAt) || got.UpdatedAt.Before(p.UpdatedAt) {
		t.Errorf("answered %s\nstored   %+v, %v", d.JSON, got, err)
	}
	// The columns that lists are made of changed with the document.
	page, err := s.Products(t.Context(), catalog.Query{Filter: catalog.Filter{Category: "kitchen", SKU: "A-2", Text: "kettle"}, Limit: 1})
	if err != nil || len(page.Items) != 1 || string(page.Items[0].JSON) != string(d.JSON) {
		t.Errorf("listed %+v, %v", page, err)
	}
}

// TestUpdatesWaitForEachOther: of those that saw the same version one wins,
// and what was answered as done is there in the end.
func TestUpdatesWaitForEachOther(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := create(t, s, "A-1", nil)
	const workers, each = 10, 10
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for done := 0; done < each; {
				seen, err := read(t, s, p.ID)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = s.UpdateProduct(t.Context(), p.ID, func(current catalog.Product) (catalog.Product, error) {
					if current.Version != seen.Version {
						return current, errStale
					}
					return edit(func(in *catalog.ProductInput) { in.Stock++ })(current)
				})
				switch {
				case err == nil:
					done++
				case !errors.Is(err, errStale):
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if got, err := read(t, s, p.ID); err != nil || got.Stock != workers*each || got.Version != workers*each+1 {
		t.Errorf("after %d updates the stock is %d and the version %d, %v", workers*each, got.Stock, got.Version, err)
	}
}

// TestRefusedUpdateChangesNothing: neither the row, nor its words, nor its
// version.
func TestRefusedUpdateChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p, other := create(t, s, "A-1", nil), create(t, s, "A-2", nil)
	refuse := errors.New("the caller's own")
	if _, err := s.UpdateProduct(t.Context(), p.ID, func(p catalog.Product) (catalog.Product, error) { return p, refuse }); err != refuse {
		t.Errorf("the caller's error comes back as %v", err)
	}
	_, err := s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) { in.SKU, in.Name = other.SKU, "Changed" }))
	if !errors.Is(err, catalog.ErrDuplicateSKU) {
		t.Errorf("another's SKU: %v", err)
	}
	_, err = s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) { in.Category, in.Name = ptr("nowhere"), "Changed" }))
	wantInvalid(t, err, "/category")
	_, err = s.UpdateProduct(t.Context(), uuid.New(), func(p catalog.Product) (catalog.Product, error) {
		t.Error("a product that does not exist is changed")
		return p, nil
	})
	if !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("a product that does not exist: %v", err)
	}
	if got, err := read(t, s, p.ID); err != nil || !got.Input().Equal(p.Input()) || got.Version != 1 {
		t.Errorf("it became %+v, %v", got, err)
	}
	if page, err := s.Products(t.Context(), catalog.Query{Filter: catalog.Filter{Text: "changed"}, Limit: 1}); err != nil || len(page.Items) != 0 {
		t.Errorf("found %+v, %v", page, err)
	}
}

// TestDeadlockIsNoFailure: PostgreSQL ends one of those that wait for each
// other in a circle, and its request may be sent again.
func TestDeadlockIsNoFailure(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	p, q := create(t, s, "A", nil), create(t, s, "B", nil)
	exec(t, c, "BEGIN")
	exec(t, c, "UPDATE product SET sku = 'C' WHERE id = $1", q.ID.String())
	ended := make(chan error, 1)
	go func() { // has p and waits for who gets "C"
		_, err := s.UpdateProduct(t.Context(), p.ID, edit(func(in *catalog.ProductInput) { in.SKU = "C" }))
		ended <- err
	}()
	awaitWait(t, o)
	exec(t, c, "UPDATE product SET stock = 1 WHERE id = $1", p.ID.String()) // waits for p
	if err := <-ended; !errors.Is(err, catalog.ErrUnavailable) {
		t.Errorf("the answer is %v, want ErrUnavailable", err)
	}
	exec(t, c, "ROLLBACK")
}

func TestDeleteAsksItsCheck(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := create(t, s, "A-1", nil)
	if err := s.DeleteProduct(t.Context(), p.ID, func(version int64) error {
		if version != 1 {
			t.Errorf("the version is %d", version)
		}
		return errStale
	}); err != errStale {
		t.Errorf("the check's error comes back as %v", err)
	}
	if _, err := s.Product(t.Context(), p.ID); err != nil {
		t.Errorf("it is gone: %v", err)
	}
	for _, want := range []error{nil, catalog.ErrNotFound} {
		if err := s.DeleteProduct(t.Context(), p.ID, func(int64) error { return nil }); !errors.Is(err, want) {
			t.Errorf("deleted: %v, want %v", err, want)
		}
	}
	create(t, s, "A-1", nil) // its SKU is free again
}

func TestCategoryInUseStays(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	putCategory(t, s, "home", "")
	putCategory(t, s, "kitchen", "home")
	p := create(t, s, "A-1", func(in *catalog.ProductInput) { in.Category = ptr("kitchen") })
	want := func(id string, want error) {
		t.Helper()
		if err := s.DeleteCategory(t.Context(), id); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
	want("nowhere", catalog.ErrNotFound)
	want("home", catalog.ErrInUse)    // has a category below it
	want("kitchen", catalog.ErrInUse) // has a product
	if err := s.DeleteProduct(t.Context(), p.ID, func(int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want("kitchen", nil)
	want("home", nil)
	want("home", catalog.ErrNotFound)
}

// TestWritersOfTheSameNewWordsNeverDeadlock, in whichever order their names
// have them.
func TestWritersOfTheSameNewWordsNeverDeadlock(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const writers = 6
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for round := range 8 {
				words := make([]string, 40) // each writer begins elsewhere
				for i := range words {
					words[i] = fmt.Sprintf("слово%d-%dword", round, (i*7+w*13)%40)
				}
				in := catalog.ProductInput{SKU: fmt.Sprintf("%d-%d", w, round), Name: words[0], Description: strings.Join(words, " ")}
				if err := insertOne(t, s, in); err != nil {
					t.Errorf("%s: %v", in.SKU, err)
				}
			}
		})
	}
	group.Wait()
}

func insertOne(t *testing.T, s *postgres.Store, in catalog.ProductInput) error {
	p, err := catalog.NewProduct(in, now())
	if err != nil {
		return err
	}
	return insert(t.Context(), s, p)
}
