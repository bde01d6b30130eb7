package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"catalog/api/catalog"
	"catalog/api/postgres"
)

// TestChangesOfOthersAreToldOf within a second, whoever makes them.
func TestChangesOfOthersAreToldOf(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")

	other, c := open(t, o), raw(t, o)
	p := create(t, other, "A-1", nil)
	h.want(t, told, "lists")
	_, err := other.UpdateProduct(t.Context(), p.ID, func(p catalog.Product) (catalog.Product, error) {
		in := p.Input()
		in.Stock++
		return p.With(in, now())
	})
	if err != nil {
		t.Fatal(err)
	}
	h.want(t, told, p.ID.String()+" +stocked+updated")
	exec(t, c, "UPDATE product SET stock = 3") // nobody's program
	h.want(t, told, p.ID.String()+" +updated")
	exec(t, c, "UPDATE product SET stock = 3 WHERE false")
	putCategory(t, other, "kitchen", "")
	h.want(t, told, "lists")
	if err := other.DeleteCategory(t.Context(), "kitchen"); err != nil {
		t.Fatal(err)
	}
	h.want(t, told, "lists")
	if err := other.DeleteProduct(t.Context(), p.ID, func(int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	h.want(t, told, p.ID.String())
}

// TestChangesOfManyAreToldOfTogether: by their ids as long as a notification
// holds them.
func TestChangesOfManyAreToldOfTogether(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	var ids []string
	for i := range 101 {
		ids = append(ids, create(t, s, fmt.Sprint("sku-", i), nil).ID.String())
	}
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")

	exec(t, c, "UPDATE product SET stock = 1 WHERE id <> $1", ids[100])
	products, _, _ := strings.Cut(h.next(t, told), " ")
	got := strings.Split(products, ",")
	slices.Sort(got)
	if want := slices.Sorted(slices.Values(ids[:100])); !slices.Equal(got, want) {
		t.Errorf("told of %d products: %.200q", len(got), got)
	}
	exec(t, c, "UPDATE product SET stock = 2")
	h.want(t, told, "all")
	exec(t, c, "DELETE FROM product")
	h.want(t, told, "all")
	exec(t, c, "TRUNCATE product")
	h.want(t, told, "all")
}

// TestChangesAreToldOfWhenTheyAreCommitted: before that a reader would find
// what was there before, and keep it.
func TestChangesAreToldOfWhenTheyAreCommitted(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	p, q := create(t, s, "A-1", nil), create(t, s, "A-2", nil)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")

	exec(t, c, "BEGIN; UPDATE product SET stock = 7 WHERE sku = 'A-1'; ROLLBACK")
	exec(t, c, "BEGIN; UPDATE product SET stock = 8 WHERE sku = 'A-1'")
	exec(t, raw(t, o), "UPDATE product SET stock = 9 WHERE sku = 'A-2'") // a later one that is committed earlier
	h.want(t, told, q.ID.String()+" +stocked+updated")
	exec(t, c, "COMMIT")
	h.want(t, told, p.ID.String()+" +stocked+updated")
}

// TestLostListenerSaysSo and listens again, as after a restart.
func TestLostListenerSaysSo(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")
	exec(t, raw(t, o), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND query = 'LISTEN catalog'", o.Database)
	h.want(t, 5*time.Second, "deaf")
	h.want(t, 5*time.Second, "watching")
	create(t, open(t, o), "A-1", nil)
	h.want(t, told, "lists")
}

// TestUnreachableDatabaseIsNotWatched, and from the moment that it is back it
// is.
func TestUnreachableDatabaseIsNotWatched(t *testing.T) {
	t.Parallel()
	p, o := newProxy(t, newCatalog(t), passes)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")
	p.become(refuses)
	h.want(t, 5*time.Second, "deaf")
	p.become(passes)
	for what := h.next(t, 10*time.Second); what != "watching"; what = h.next(t, 10*time.Second) {
		if what != "deaf" { // once for each attempt
			t.Fatalf("told of %q", what)
		}
	}
}

// TestSilentlyLostListenerIsGivenUp: where no packet comes through any more,
// nothing says that the connection is lost but that no answer comes.
func TestSilentlyLostListenerIsGivenUp(t *testing.T) {
	t.Parallel()
	p, o := newProxy(t, newCatalog(t), passes)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")
	p.swallow()
	h.want(t, postgres.Deafness+2*time.Second, "deaf") // two more for a busy machine
}

// TestQuietListenerStaysConnected: that nothing happens is no failure.
func TestQuietListenerStaysConnected(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")
	select {
	case what := <-h:
		t.Errorf("told of %q", what)
	case <-time.After(postgres.Pulse*2 + postgres.Pulse/2):
	}
	create(t, open(t, o), "A-1", nil) // and still hears
	h.want(t, told, "lists")
}

// TestWatchEndsWithItsContext and leaves no session behind.
func TestWatchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	h, stop := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")
	stop()
	h.want(t, told, "deaf")
	select {
	case what := <-h:
		t.Errorf("told of %q after its end", what)
	default:
	}
	c := raw(t, o)
	var sessions int
	for deadline := time.Now().Add(5 * time.Second); ; { // the server takes a moment to end one
		if err := c.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", o.Database).Scan(&sessions); err != nil {
			t.Fatal(err)
		}
		if sessions == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d sessions are left", sessions)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestToldIdsAreIds as the service writes them.
func TestToldIdsAreIds(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s := open(t, o)
	p := create(t, s, "A-1", nil)
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")
	exec(t, raw(t, o), "DELETE FROM product")
	if id, err := uuid.Parse(h.next(t, told)); err != nil || id != p.ID {
		t.Errorf("told of %s, %v", id, err)
	}
}

// TestChangesAreToldOfByWhatTheyChange: of several products in one statement,
// what changed of any.
func TestChangesAreToldOfByWhatTheyChange(t *testing.T) {
	t.Parallel()
	o := newCatalog(t)
	s, c := open(t, o), raw(t, o)
	one, two := create(t, s, "A-1", nil).ID.String(), create(t, s, "A-2", nil).ID.String()
	putCategory(t, s, "kitchen", "")
	h, _ := watchOf(t, o)
	h.want(t, 5*time.Second, "watching")
	for statement, want := range map[string]string{
		"SET stock = stock":                            "+updated",
		"SET status = 'archived'":                      "+updated",
		"SET images = '[\"x\"]'":                       "+updated",
		"SET stock = stock + 1":                        "+stocked+updated",
		"SET price_amount = 3, price_currency = 'AUD'": "+priced+updated",
		"SET name = name || '.'":                       "",
		"SET sku = sku || '.'":                         "",
		"SET gtin = '12345678'":                        "",
		"SET description = 'new'":                      "",
		"SET brand = 'new'":                            "",
		"SET category_id = 'kitchen'":                  "",
		"SET attributes = '{\"a\": \"b\"}'":            "",
	} {
		exec(t, c, "BEGIN")
		exec(t, c, "UPDATE product SET stock = 0, price_amount = NULL, price_currency = NULL, gtin = NULL, brand = NULL, category_id = NULL")
		exec(t, c, "COMMIT")
		h.next(t, told)
		exec(t, c, "UPDATE product "+statement+" WHERE id = '"+one+"'")
		want = strings.TrimSuffix(one+" "+want, " ")
		got := h.next(t, told)
		if want == one { // placed, and perhaps more
			got, _, _ = strings.Cut(strings.Replace(got, "+placed", "", 1), " ")
		}
		if got != want {
			t.Errorf("%s: told of %q, want %q", statement, got, want)
		}
	}
	exec(t, c, "UPDATE product SET stock = CASE id WHEN '"+one+"' THEN 4 ELSE 0 END")
	h.next(t, told)
	exec(t, c, "UPDATE product SET stock = 5")
	if got := h.next(t, told); !strings.Contains(got, one) || !strings.Contains(got, two) || !strings.HasSuffix(got, " +stocked+updated") {
		t.Errorf("told of %q", got)
	}
}
