package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// forgetful is a store that keeps nothing of the feeds that it is given.
type forgetful struct {
	*memoryStore
	parts, largest int
	size           int64
	abandoned      []uuid.UUID
	appendErr      func(part int) error
}

func (s *forgetful) AppendImport(_ context.Context, _ uuid.UUID, offset int64, part []byte) error {
	if offset != s.size {
		return errors.New("a part is missing")
	}
	s.parts, s.largest, s.size = s.parts+1, max(s.largest, len(part)), s.size+int64(len(part))
	if s.appendErr != nil {
		return s.appendErr(s.parts)
	}
	return nil
}

func (s *forgetful) AbandonImport(_ context.Context, id uuid.UUID) error {
	s.abandoned = append(s.abandoned, id)
	return nil
}

// zeros is a body of so many bytes behind a header.
func zeros(n int64) io.Reader {
	return io.MultiReader(strings.NewReader("sku,name\n"), io.LimitReader(endless{}, n))
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// post sends a feed straight to the handler: 256 MiB through a socket would
// take a second.
func post(t *testing.T, store catalog.Store, body io.Reader, size int64) *recorded {
	t.Helper()
	server := newServer(t, store, io.Discard)
	request, err := http.NewRequestWithContext(t.Context(), "POST", "/api/v1/imports", body)
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = size
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "text/csv")
	w := &recorded{header: http.Header{}}
	server.ServeHTTP(w, request)
	return w
}

type recorded struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorded) Header() http.Header         { return w.header }
func (w *recorded) WriteHeader(status int)      { w.status = status }
func (w *recorded) Write(p []byte) (int, error) { return w.body.Write(p) }

// TestFeedOf256MiBIsTakenInConstantMemory and one of a byte more is refused:
// at once where the client says how long it is, and nothing is kept of it.
func TestFeedOf256MiBIsTakenInConstantMemory(t *testing.T) { // alone: it measures the heap
	const header, most = int64(len("sku,name\n")), int64(256 << 20)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := &forgetful{memoryStore: &memoryStore{}}
	s.appendErr = func(part int) error {
		if part == 1000 { // near the end
			runtime.ReadMemStats(&after)
		}
		return nil
	}
	if w := post(t, s, zeros(most-header), -1); w.status != http.StatusAccepted || s.size != most || s.largest > 256<<10 || len(s.abandoned) > 0 {
		t.Errorf("%d %s: %d bytes in %d parts", w.status, &w.body, s.size, s.parts)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); after.HeapAlloc == 0 || grown > 8<<20 {
		t.Errorf("the heap has grown by %d KiB", grown>>10)
	}
	s = &forgetful{memoryStore: &memoryStore{}}
	if w := post(t, s, zeros(most-header+1), -1); w.status != http.StatusRequestEntityTooLarge || len(s.abandoned) != 1 || s.count("SubmitImport") > 0 {
		t.Errorf("%d %s, abandoned %v", w.status, &w.body, s.abandoned)
	}
	s = &forgetful{memoryStore: &memoryStore{}}
	if w := post(t, s, zeros(most), most+1); w.status != http.StatusRequestEntityTooLarge || s.parts > 0 || s.count("BeginImport") > 0 {
		t.Errorf("%d %s after %d parts", w.status, &w.body, s.parts)
	}
}

// TestFeedThatIsNotTakenIsForgotten: it would take one of twenty places for an
// hour.
func TestFeedThatIsNotTakenIsForgotten(t *testing.T) {
	t.Parallel()
	away := fmt.Errorf("%w: %w", catalog.ErrUnavailable, io.EOF)
	for name, c := range map[string]struct {
		body   io.Reader
		append error
		submit error
		status int
	}{
		"the client goes":       {io.MultiReader(zeros(300<<10), &broken{}), nil, nil, 400},
		"a part is not kept":    {zeros(300 << 10), away, nil, 503},
		"it is not handed over": {zeros(10), nil, away, 503},
		"its key is another's":  {zeros(10), nil, catalog.ErrKeyReused, 422},
	} {
		s := &forgetful{memoryStore: &memoryStore{}}
		s.appendErr = func(int) error { return c.append }
		s.before = func(_ context.Context, call string) error {
			if call == "SubmitImport" {
				return c.submit
			}
			return nil
		}
		if w := post(t, s, c.body, -1); w.status != c.status || len(s.abandoned) != 1 {
			t.Errorf("%s: %d %s, abandoned %v", name, w.status, &w.body, s.abandoned)
		}
	}
	s := &forgetful{memoryStore: &memoryStore{}}
	s.before = func(_ context.Context, call string) error {
		if call == "BeginImport" {
			return catalog.ErrTooManyImports
		}
		return nil
	}
	if w := post(t, s, zeros(10), -1); w.status != 429 || w.header.Get("Retry-After") == "" || len(s.abandoned) > 0 {
		t.Errorf("%d %s, abandoned %v", w.status, &w.body, s.abandoned)
	}
}

type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestFourUploadsAtOnceAndNoMore in one task.
func TestFourUploadsAtOnceAndNoMore(t *testing.T) {
	t.Parallel()
	f := serve(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	f.store.before = func(_ context.Context, call string) error {
		if call == "BeginImport" {
			entered <- struct{}{}
			<-leave
		}
		return nil
	}
	done := make(chan int, 4)
	for range 4 {
		go func() { done <- f.importCSV("", "sku,name\nA,a\n").StatusCode }()
		<-entered
	}
	a := f.importCSV("", "sku,name\nA,a\n")
	if wantProblem(t, a, 429, "too_many_imports"); a.Header.Get("Retry-After") == "" {
		t.Errorf("%v", a.Header)
	}
	close(leave)
	for range 4 {
		if status := <-done; status != 202 {
			t.Errorf("%d", status)
		}
	}
	go func() { <-entered }()
	if a := f.importCSV("", "sku,name\nA,a\n"); a.StatusCode != 202 {
		t.Errorf("after them: %s", a.Status)
	}
}

func TestRepeatOfAnImportIsAnsweredAsTheFirst(t *testing.T) {
	t.Parallel()
	f := serve(t)
	first := f.importCSV("", "sku,name\nA,a\n", "Idempotency-Key", `"k-1"`)
	again := f.importCSV("", "sku,name\nA,a\n", "Idempotency-Key", `"k-1"`)
	if first.StatusCode != 202 || again.StatusCode != 202 || again.Header.Get("Location") != first.Header.Get("Location") || string(again.body) != string(first.body) ||
		again.Header.Get("Idempotency-Replayed") != "true" || first.Header.Get("Idempotency-Replayed") != "" || len(f.store.imports) != 1 {
		t.Errorf("%s %v %s, then %s %v %s", first.Status, first.Header, first.body, again.Status, again.Header, again.body)
	}
	for _, other := range []answer{
		f.importCSV("", "sku,name\nA,b\n", "Idempotency-Key", `"k-1"`), f.importCSV("?dry_run=true", "sku,name\nA,a\n", "Idempotency-Key", `"k-1"`),
		f.importCSV("?category_separator=/", "sku,name\nA,a\n", "Idempotency-Key", `"k-1"`),
	} {
		wantProblem(t, other, 422, "idempotency_key_reused")
	}
	if len(f.store.imports) != 1 {
		t.Errorf("%d imports are kept", len(f.store.imports))
	}
}
