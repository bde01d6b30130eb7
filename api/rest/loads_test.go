package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"catalog/api/catalog"
)

// onSlowStore is a server on a store that answers reads when it is let, with a
// product whose stock is 0, and what reads that.
func onSlowStore(t *testing.T) (d *direct, store *slowStore, product string, paths []string) {
	t.Helper()
	store = &slowStore{memoryStore: &memoryStore{}}
	d = keeping(t, store, 1<<20)
	product = d.create(`{"sku":"A-1","name":"Kettle"}`)
	return d, store, product, []string{product, "/api/v1/products"}
}

// asking is a request in flight.
type asking struct {
	leave  context.CancelFunc
	answer chan answer
}

func (d *direct) begin(path string) asking {
	ctx, leave := context.WithCancel(context.Background())
	a := asking{leave, make(chan answer, 1)}
	go func() { a.answer <- d.serve(request("GET", path, "").WithContext(ctx)) }()
	synctest.Wait() // until it waits for the store, or has its answer
	return a
}

// want takes the answer, which must be there by now.
func (a asking) want(t *testing.T, status int, part string) {
	t.Helper()
	synctest.Wait()
	select {
	case got := <-a.answer:
		if got.StatusCode != status || !strings.Contains(string(got.body), part) {
			t.Errorf("the answer is %d %s, want %d with %s", got.StatusCode, got.body, status, part)
		}
	default:
		t.Errorf("there is no answer, want %d with %s", status, part)
	}
	a.leave()
}

// TestLoadFromBeforeAChangeIsNeitherKeptNorShared with who asks after it: by
// whatever the change becomes known.
func TestLoadFromBeforeAChangeIsNeitherKeptNorShared(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(d *direct, store *slowStore, product string){
		"own": func(d *direct, _ *slowStore, p string) { d.want(200, "", "PATCH", p, `{"stock":5}`, "If-Match", "*") },
		"told": func(d *direct, s *slowStore, p string) {
			d.server.Changed(catalog.Change{IDs: []string{s.restock(p, 5)}, Aspects: catalog.AllAspects})
		},
		"all": func(d *direct, s *slowStore, p string) {
			s.restock(p, 5)
			d.server.Changed(catalog.Change{All: true, Aspects: catalog.AllAspects})
		},
		"unread": func(d *direct, s *slowStore, p string) {
			d.server.Watching(false)
			s.restock(p, 5)
			d.server.Watching(true)
		},
	} {
		for i := range 2 {
			for _, oldFirst := range []bool{true, false} {
				t.Run(fmt.Sprint(name, i, oldFirst), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						d, store, product, paths := onSlowStore(t)
						before := d.begin(paths[i])
						change(d, store, product)
						after := d.begin(paths[i])
						reads := store.reads()
						if len(reads) != 2 {
							t.Fatalf("the store was asked %d times: who came after the change waits for what was read before", len(reads))
						}
						if oldFirst {
							reads[0].answer <- nil
							before.want(t, 200, `"stock":0`)
							reads[1].answer <- nil
							after.want(t, 200, `"stock":5`)
						} else {
							reads[1].answer <- nil
							after.want(t, 200, `"stock":5`)
							reads[0].answer <- nil
							before.want(t, 200, `"stock":0`)
						}
						d.begin(paths[i]).want(t, 200, `"stock":5`) // from memory
						if n := len(store.reads()); n != 2 {
							t.Errorf("the store was asked %d times", n)
						}
					})
				})
			}
		}
	}
}

// TestLoadIsNotSharedForLongWhileChangesAreNotHeardOf: what it answers gets
// older with every moment.
func TestLoadIsNotSharedForLongWhileChangesAreNotHeardOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, store, product, _ := onSlowStore(t)
		d.server.Watching(false)
		first, together := d.begin(product), d.begin(product)
		store.restock(product, 5)
		time.Sleep(250 * time.Millisecond)
		later := d.begin(product)
		reads := store.reads()
		if len(reads) != 2 {
			t.Fatalf("the store was asked %d times, want 2", len(reads))
		}
		reads[1].answer <- nil
		later.want(t, 200, `"stock":5`)
		reads[0].answer <- nil
		first.want(t, 200, `"stock":0`)
		together.want(t, 200, `"stock":0`)
	})
}

func TestManyWhoAskAtOnceAskTheStoreOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, store, _, paths := onSlowStore(t)
		for i, path := range paths {
			var all []asking
			for range 50 {
				all = append(all, d.begin(path))
			}
			reads := store.reads()
			if len(reads) != i+1 {
				t.Fatalf("%s: the store was asked %d times", path, len(reads))
			}
			// Who leaves does not take the answer from the others, the one
			// who came first as little as any.
			all[0].leave()
			all[7].leave()
			all[7].want(t, 503, "")
			if err := reads[i].ctx.Err(); err != nil {
				t.Errorf("%s: the load ends with the first who leaves: %v", path, err)
			}
			reads[i].answer <- nil
			for j, a := range all {
				if j != 7 {
					a.want(t, 200, "A-1")
				}
			}
		}
	})
}

// TestLoadThatNobodyWantsIsCancelled, and who comes then does not join it.
func TestLoadThatNobodyWantsIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, store, product, _ := onSlowStore(t)
		first, second := d.begin(product), d.begin(product)
		first.leave()
		second.leave()
		synctest.Wait()
		abandoned := store.reads()[0]
		if abandoned.ctx.Err() == nil {
			t.Error("the load goes on for nobody")
		}
		third, fourth := d.begin(product), d.begin(product)
		if n := len(store.reads()); n != 2 {
			t.Fatalf("the store was asked %d times: who came later waits for a load that was cancelled", n)
		}
		abandoned.answer <- fmt.Errorf("%w: %w", catalog.ErrUnavailable, context.Canceled)
		synctest.Wait()
		fifth := d.begin(product) // the end of the first load does not hide the second
		if n := len(store.reads()); n != 2 {
			t.Fatalf("the store was asked %d times", n)
		}
		store.reads()[1].answer <- nil
		for _, a := range []asking{third, fourth, fifth} {
			a.want(t, 200, "A-1")
		}
		first.want(t, 503, "")
		second.want(t, 503, "")
	})
}

// TestClientThatHadLeftBeforeAsksForNobody: its context ended before its load
// began.
func TestClientThatHadLeftBeforeAsksForNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, store, product, _ := onSlowStore(t)
		ctx, leave := context.WithCancel(context.Background())
		leave()
		go d.serve(request("GET", product, "").WithContext(ctx))
		synctest.Wait()
		gone := store.reads()[0]
		if gone.ctx.Err() == nil {
			t.Error("the load goes on for nobody")
		}
		next := d.begin(product)
		gone.answer <- gone.ctx.Err()
		store.reads()[1].answer <- nil
		next.want(t, 200, "A-1")
	})
}

// TestLoadThatPanicsLetsEverybodyGo, and the next one is served.
func TestLoadThatPanicsLetsEverybodyGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, log := &memoryStore{}, &logs{}
		d := &direct{t, newServer(t, store, log)}
		path := d.create(`{"sku":"A-1","name":"Kettle"}`)
		fall := make(chan struct{})
		store.before = func(context.Context, string) error { <-fall; panic(cause) }
		first, second := d.begin(path), d.begin(path)
		close(fall)
		for _, a := range []asking{first, second} {
			a.want(t, http.StatusInternalServerError, `"code":"internal"`)
		}
		if fallen, waited := log.lines(t, "handler panicked"), log.lines(t, "request failed"); len(fallen) != 1 || len(waited) != 1 {
			t.Errorf("the log says %v and %v", fallen, waited)
		}
		store.before = nil
		d.want(200, "A-1", "GET", path, "")
	})
}
