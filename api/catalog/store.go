package catalog

import (
	"context"

	"github.com/google/uuid"
)

// Query asks for one page of products.
type Query struct {
	// Category keeps the products of this category and all below it; "" all.
	Category string
	// After is the id that the page begins behind: the keyset cursor's
	// position; the zero UUID is before all.
	After uuid.UUID
	// Limit is the page's size, MinLimit to MaxLimit.
	Limit int
}

// Bounds of a page's size.
const (
	MinLimit     = 1
	MaxLimit     = 100
	DefaultLimit = 20
)

// Page is what a query answers, in the order of the ids.
type Page struct {
	Items []Product
	// More says whether products follow behind the last of Items.
	More bool
}

// Store keeps the catalog. Every method honours its context's deadline and
// answers with the errors of this package.
type Store interface {
	// Products answers one page.
	Products(ctx context.Context, q Query) (Page, error)
	// Product answers one product or ErrNotFound.
	Product(ctx context.Context, id uuid.UUID) (Product, error)
	// CreateProduct stores a new product, or answers ErrDuplicateSKU or, for
	// a category that does not exist, an InvalidError.
	CreateProduct(ctx context.Context, p Product) error
	// Categories answers the whole tree, by id.
	Categories(ctx context.Context) ([]Category, error)
	// Category answers one category or ErrNotFound.
	Category(ctx context.Context, id string) (Category, error)
	// PutCategory creates or changes a category and says which. A parent that
	// does not exist or that lies below the category is an InvalidError.
	PutCategory(ctx context.Context, id string, in CategoryInput) (created bool, err error)
	// Ping says whether the database answers.
	Ping(ctx context.Context) error
}
