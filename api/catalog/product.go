package catalog

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Product is one article of the catalog.
type Product struct {
	ID          uuid.UUID         `json:"id"` // UUIDv7: sorts by time of creation
	SKU         string            `json:"sku"`
	GTIN        *string           `json:"gtin"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Brand       *string           `json:"brand"`
	Category    *string           `json:"category"` // a category's id
	Attributes  map[string]string `json:"attributes"`
	Images      []string          `json:"images"`
	Price       *Money            `json:"price"` // null: not priced yet
	Stock       int               `json:"stock"`
	Status      string            `json:"status"`
	Version     int64             `json:"version"`
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   time.Time         `json:"updated_at"`
}

// ProductInput is what a writer may say of a product.
type ProductInput struct {
	SKU         string            `json:"sku"`
	GTIN        *string           `json:"gtin"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Brand       *string           `json:"brand"`
	Category    *string           `json:"category"`
	Attributes  map[string]string `json:"attributes"`
	Images      []string          `json:"images"`
	Price       *Money            `json:"price"`
	Stock       int               `json:"stock"`
	Status      string            `json:"status"`
}

// States of a product.
const (
	StatusActive   = "active"
	StatusDraft    = "draft"
	StatusArchived = "archived"
)

// Bounds of a product's fields, in characters unless said otherwise.
const (
	maxSKU         = 64
	maxName        = 500
	maxDescription = 20_000
	maxBrand       = 200
	maxAttributes  = 100 // pairs
	maxAttribute   = 500
	maxImages      = 50
	maxImageURL    = 2_000
	maxStock       = 1_000_000_000
)

// gtinPattern is the shape of GTIN-8, -12, -13 and -14 (GS1 General
// Specifications, 3.3). The check digit is not verified: real feeds hold
// codes whose check digit is wrong, printed on the goods as they are.
var gtinPattern = regexp.MustCompile(`^(\d{8}|\d{12,14})$`)

// NewProduct makes version 1 of a product, or says everything that is wrong.
func NewProduct(in ProductInput, now time.Time) (Product, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Product{}, err
	}
	created := stored(now)
	return Product{ID: id, CreatedAt: created}.With(in, now)
}

// With is the product's next version, with this content, or everything that is
// wrong with it.
func (p Product) With(in ProductInput, now time.Time) (Product, error) {
	in.normalize()
	if v := in.violations(); len(v) > 0 {
		return Product{}, &InvalidError{Violations: v}
	}
	return Product{
		ID: p.ID, SKU: in.SKU, GTIN: in.GTIN, Name: in.Name, Description: in.Description,
		Brand: in.Brand, Category: in.Category, Attributes: in.Attributes, Images: in.Images,
		Price: in.Price, Stock: in.Stock, Status: in.Status,
		Version: p.Version + 1, CreatedAt: p.CreatedAt, UpdatedAt: p.nextUpdate(now),
	}, nil
}

// Input is what a writer would say to have this product.
func (p Product) Input() ProductInput {
	return ProductInput{
		SKU: p.SKU, GTIN: p.GTIN, Name: p.Name, Description: p.Description, Brand: p.Brand, Category: p.Category,
		Attributes: p.Attributes, Images: p.Images, Price: p.Price, Stock: p.Stock, Status: p.Status,
	}
}

// nextUpdate is the time of a product's next version: later than the one
// before, also where a clock was set back meanwhile or another machine's is
// behind. Whoever asks for what changed since a version must find the next one.
func (p Product) nextUpdate(now time.Time) time.Time {
	updated := stored(now)
	if !updated.After(p.UpdatedAt) {
		return p.UpdatedAt.Add(time.Microsecond)
	}
	return updated
}

// stored is a time as PostgreSQL keeps it, in microseconds: what is answered
// now is what is read later.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Document is a product as it is answered: its JSON, written once per version.
type Document struct {
	ID      uuid.UUID
	Version int64
	JSON    []byte
}

// Document writes the product's JSON.
func (p Product) Document() (Document, error) {
	text, err := json.Marshal(p)
	return Document{ID: p.ID, Version: p.Version, JSON: text}, err
}

func (in *ProductInput) normalize() {
	in.Name = strings.TrimSpace(in.Name) // real feeds have blanks around names
	if in.Status == "" {
		in.Status = StatusActive
	}
	if in.Attributes == nil {
		in.Attributes = map[string]string{}
	}
	if in.Images == nil {
		in.Images = []string{}
	}
	for _, optional := range []**string{&in.GTIN, &in.Brand, &in.Category} {
		if *optional != nil && **optional == "" {
			*optional = nil
		}
	}
}

func (in *ProductInput) violations() []Violation {
	var v violations
	v.text("/sku", in.SKU, 1, maxSKU)
	v.text("/name", in.Name, 1, maxName)
	v.text("/description", in.Description, 0, maxDescription)
	if in.Brand != nil {
		v.text("/brand", *in.Brand, 1, maxBrand)
	}
	if in.Category != nil {
		v.text("/category", *in.Category, 1, maxCategoryID)
	}
	if in.GTIN != nil && !gtinPattern.MatchString(*in.GTIN) {
		v.add("/gtin", "must be 8, 12, 13 or 14 digits")
	}
	if len(in.Attributes) > maxAttributes {
		v.add("/attributes", "must have at most 100 entries")
	}
	for _, name := range slices.Sorted(maps.Keys(in.Attributes)) { // the same document, the same answer
		pointer := "/attributes/" + PointerToken(name)
		v.text(pointer, name, 1, maxAttribute)
		v.text(pointer, in.Attributes[name], 0, maxAttribute)
	}
	if len(in.Images) > maxImages {
		v.add("/images", "must have at most 50 entries")
	}
	for i, image := range in.Images {
		v.text("/images/"+strconv.Itoa(i), image, 1, maxImageURL)
	}
	if in.Price != nil {
		if detail := in.Price.normalize(); detail != "" {
			v.add("/price", detail)
		}
	}
	if in.Stock < 0 || in.Stock > maxStock {
		v.add("/stock", "must be 0 to 1000000000")
	}
	switch in.Status {
	case StatusActive, StatusDraft, StatusArchived:
	default:
		v.add("/status", "must be active, draft or archived")
	}
	return v
}

// text checks a string's length and that it can be stored and shown: valid
// UTF-8, no control characters but white space, no blank around it.
func (v *violations) text(pointer, s string, minimum, maximum int) {
	switch n := utf8.RuneCountInString(s); {
	case n < minimum:
		v.add(pointer, "must not be empty")
	case n > maximum:
		v.addf(pointer, "must be at most %d characters, has %d", maximum, n)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, isForbiddenControl):
		v.add(pointer, "must be UTF-8 text without control characters")
	case minimum > 0 && strings.TrimSpace(s) != s:
		v.add(pointer, "must not begin or end with white space")
	}
}

func isForbiddenControl(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r'
}

// Equal says whether two inputs ask for the same product.
func (in ProductInput) Equal(other ProductInput) bool {
	return in.SKU == other.SKU && equal(in.GTIN, other.GTIN) && in.Name == other.Name && in.Description == other.Description &&
		equal(in.Brand, other.Brand) && equal(in.Category, other.Category) && maps.Equal(in.Attributes, other.Attributes) &&
		slices.Equal(in.Images, other.Images) && equal(in.Price, other.Price) && in.Stock == other.Stock && in.Status == other.Status
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }
