package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
)

// Import is a feed that is being taken into the catalog, or was.
type Import struct {
	ID         uuid.UUID
	State      string
	DryRun     bool
	Rows       ImportRows
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	// Detail says why it failed.
	Detail *string
	// Size of the feed and how far it was read, in bytes.
	Size, Done int64
}

// States of an import.
const (
	ImportRunning   = "running"
	ImportSucceeded = "succeeded" // whatever its rows were
	ImportFailed    = "failed"
	ImportCancelled = "cancelled"
)

// ImportRows counts an import's rows. Those that are ok were created, updated
// or, being what is there already, left alone.
type ImportRows struct {
	OK, Failed                  int64
	Created, Updated, Unchanged int64
}

// ImportError is a row that was not taken.
type ImportError struct {
	Line   int64       `json:"line"`
	SKU    *string     `json:"sku"`
	Errors []Violation `json:"errors"`
}

// MaxImportErrors is how many bad rows of an import are listed; all are
// counted.
const MaxImportErrors = 100_000

// Why an import is refused.
var (
	ErrTooManyImports = errors.New("too many imports wait: try again when one of them has ended")
	ErrImportEnded    = errors.New("the import has ended")
)

// ImportRequest is what a client asks for, beside the feed.
type ImportRequest struct {
	ID     uuid.UUID
	DryRun bool
	// Options are the reader's, as the store keeps them.
	Options json.RawMessage
}

// Transfer keeps feeds until they are taken into the catalog, and gives the
// whole of it.
type Transfer interface {
	// Export gives every product's document as of one moment. A document is
	// good until give returns.
	Export(ctx context.Context, give func(document []byte) error) error
	// BeginImport makes place for a feed, or answers ErrTooManyImports.
	BeginImport(ctx context.Context, r ImportRequest) error
	// AppendImport adds to the feed, behind what was added before.
	AppendImport(ctx context.Context, id uuid.UUID, offset int64, part []byte) error
	// SubmitImport hands the feed over: from now on it survives what happens
	// to this task. With a key, a repeat answers the first request's import and
	// forgets this feed.
	SubmitImport(ctx context.Context, id uuid.UUID, size int64, key *IdempotencyKey) (i Import, repeated bool, err error)
	// AbandonImport forgets a feed that was not submitted, and nothing else.
	AbandonImport(ctx context.Context, id uuid.UUID) error
	// Import answers one or ErrNotFound.
	Import(ctx context.Context, id uuid.UUID) (Import, error)
	// ImportErrors answers bad rows behind a line, by line, at most limit.
	ImportErrors(ctx context.Context, id uuid.UUID, after int64, limit int) ([]ImportError, error)
	// CancelImport ends an import; what is done stays done. One that has ended
	// otherwise is ErrImportEnded.
	CancelImport(ctx context.Context, id uuid.UUID) (Import, error)
	// ClaimImport answers an import that waits and that no other task works
	// on, or nil.
	ClaimImport(ctx context.Context) (ImportJob, error)
	// CleanUp removes what nobody will ask for any more.
	CleanUp(ctx context.Context) error
}

// ImportJob is an import that is claimed: no other task works on it until it
// is released, or the database has lost the task.
type ImportJob interface {
	ID() uuid.UUID
	Options() json.RawMessage
	// Position is that of the last chunk applied, nil at the beginning.
	Position() json.RawMessage
	// Feed reads the feed from an offset.
	Feed(ctx context.Context, from int64) io.Reader
	// Apply takes a chunk in one transaction, or answers ErrImportEnded when
	// the import was cancelled meanwhile.
	Apply(ctx context.Context, c ImportChunk) error
	// Finish ends the import; a detail says why it failed. One that was
	// cancelled meanwhile is ErrImportEnded.
	Finish(ctx context.Context, detail string) error
	// Release leaves the import to whoever claims it next.
	Release()
}

// ImportChunk is some rows, one after another, and where the feed goes on.
type ImportChunk struct {
	Rows     []ImportRow
	Position json.RawMessage
	// Done is the position in bytes.
	Done int64
}

// ImportRow is one row. Product and Document are what it makes of a SKU that
// does not exist yet.
type ImportRow struct {
	Line     int64
	SKU      string
	Product  Product
	Document Document
	// CategoryPath names the categories from the root down to the product's,
	// which are made where they do not exist.
	CategoryPath []string
	Err          error // an InvalidError: the row is not taken
}
