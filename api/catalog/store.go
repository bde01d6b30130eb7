package catalog

import (
	"context"

	"github.com/google/uuid"
)

// Store keeps the catalog. Every method honours its context's deadline and
// answers with the errors of this package.
type Store interface {
	Reader
	Writer
	Transfer
	// Ping says whether the database answers.
	Ping(ctx context.Context) error
}

// Reader is what reads need.
type Reader interface {
	// Products answers one page.
	Products(ctx context.Context, q Query) (Page, error)
	// Summarize counts.
	Summarize(ctx context.Context, q SummaryQuery) (Summary, error)
	// Product answers one product or ErrNotFound.
	Product(ctx context.Context, id uuid.UUID) (Document, error)
	// ProductsByID answers those of the products that exist, in any order.
	ProductsByID(ctx context.Context, ids []uuid.UUID) ([]Document, error)
	// Categories answers the whole tree, by id.
	Categories(ctx context.Context) ([]Category, error)
	// Category answers one category or ErrNotFound.
	Category(ctx context.Context, id string) (Category, error)
}

// Writer is what writes need.
type Writer interface {
	// CreateProduct stores a new product, or answers ErrDuplicateSKU or, for
	// a category that does not exist, an InvalidError. With a key, a repeat
	// of the same request answers what the first one stored.
	CreateProduct(ctx context.Context, p Product, key *IdempotencyKey) (d Document, repeated bool, err error)
	// UpdateProduct changes a product in one transaction: change is given the
	// product as it stands and answers what it becomes, or an error, which
	// leaves it as it is.
	UpdateProduct(ctx context.Context, id uuid.UUID, change func(Product) (Product, error)) (Document, error)
	// DeleteProduct removes a product unless check, given its version, answers
	// an error.
	DeleteProduct(ctx context.Context, id uuid.UUID, check func(version int64) error) error
	// PutCategory creates or changes a category and says which. A parent that
	// does not exist or that lies below the category is an InvalidError.
	PutCategory(ctx context.Context, id string, in CategoryInput) (created bool, err error)
	// DeleteCategory removes a category, or answers ErrNotFound, or ErrInUse
	// while it has products or categories below it.
	DeleteCategory(ctx context.Context, id string) error
}

// IdempotencyKey names a request, so that its repeat is not a second one.
type IdempotencyKey struct {
	Key string
	// Request is a hash of everything that the request asks for.
	Request [32]byte
}
