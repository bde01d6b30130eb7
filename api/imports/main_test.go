package imports_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/imports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a catalog.Transfer whose imports are in memory; it fails when it
// is told to. What a runner does not call, it does not have.
type memory struct {
	catalog.Transfer

	mu       sync.Mutex
	waiting  []*memoryJob
	claims   int
	cleaned  []time.Time
	claimErr error
	cleanErr error
}

func (m *memory) ClaimImport(context.Context) (catalog.ImportJob, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims++
	if m.claimErr != nil {
		return nil, m.claimErr
	}
	for _, j := range m.waiting {
		if j.state == catalog.ImportRunning && !j.claimed {
			j.claimed = true
			return j, nil
		}
	}
	return nil, nil
}

func (m *memory) CleanUp(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cleaned = append(m.cleaned, time.Now())
	return m.cleanErr
}

// add makes an import wait.
func (m *memory) add(j *memoryJob) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j.state = catalog.ImportRunning
	if j.options == nil {
		j.options = options(feed.NDJSON, "")
	}
	m.waiting = append(m.waiting, j)
}

func (m *memory) fail(claims error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claimErr = claims
}

// memoryJob is an import. A runner works on it alone; the tests look at it
// when the runner rests.
type memoryJob struct {
	id       uuid.UUID
	options  json.RawMessage
	position json.RawMessage
	feed     string
	reader   func(io.Reader) io.Reader // nil: the feed as it is
	// apply and finish, where set, run before what they are called like: what
	// they answer is its error.
	apply  func(catalog.ImportChunk) error
	finish func(detail string) error

	state    string
	detail   string
	claimed  bool
	released int
	offsets  []int64 // from which the feed was read
	tried    int     // chunks, with those that failed
	chunks   []catalog.ImportChunk
}

func (j *memoryJob) ID() uuid.UUID             { return j.id }
func (j *memoryJob) Options() json.RawMessage  { return j.options }
func (j *memoryJob) Position() json.RawMessage { return j.position }

func (j *memoryJob) Feed(_ context.Context, from int64) io.Reader {
	j.offsets = append(j.offsets, from)
	r := io.Reader(strings.NewReader(j.feed[from:]))
	if j.reader != nil {
		r = j.reader(r)
	}
	return r
}

func (j *memoryJob) Apply(_ context.Context, c catalog.ImportChunk) error {
	j.tried++
	if j.apply != nil {
		if err := j.apply(c); err != nil {
			return err
		}
	}
	j.chunks, j.position = append(j.chunks, c), c.Position
	return nil
}

func (j *memoryJob) Finish(_ context.Context, detail string) error {
	if j.finish != nil {
		if err := j.finish(detail); err != nil {
			return err
		}
	}
	j.state, j.detail = catalog.ImportSucceeded, detail
	if detail != "" {
		j.state = catalog.ImportFailed
	}
	return nil
}

func (j *memoryJob) Release() { j.claimed, j.released = false, j.released+1 }

// rows are all that was applied, in its order.
func (j *memoryJob) rows() []catalog.ImportRow {
	var all []catalog.ImportRow
	for _, c := range j.chunks {
		all = append(all, c.Rows...)
	}
	return all
}

func options(f feed.Format, separator string) json.RawMessage {
	text, err := json.Marshal(imports.Options{Format: f, CategorySeparator: separator})
	if err != nil {
		panic(err)
	}
	return text
}

// start runs a runner until stop, which waits for its end.
func start(m *memory) (r *imports.Runner, log *strings.Builder, stop func()) {
	log = &strings.Builder{}
	r = imports.NewRunner(m, slog.New(slog.NewTextHandler(log, nil)), time.Now)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	return r, log, func() {
		cancel()
		running.Wait()
	}
}

// document is a line of NDJSON.
func document(sku string) string { return `{"sku":"` + sku + `","name":"Product"}` + "\n" }

// errDatabase is what no client may read.
var errDatabase = errors.New(`database: ERROR: deadlock detected (SQLSTATE 40P01)`)

func skus(rows []catalog.ImportRow) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.SKU)
	}
	return strings.Join(slices.Clip(all), " ")
}
