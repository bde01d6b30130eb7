package catalog

import (
	"errors"
	"fmt"
	"strings"
)

// What a store answers when it cannot do what it was asked.
var (
	ErrNotFound = errors.New("there is no such item")
	// ErrDuplicateSKU: another product has this SKU.
	ErrDuplicateSKU = errors.New("another product has this SKU")
	// ErrInUse: the category has products, or categories below it.
	ErrInUse = errors.New("the category has products or categories below it: move or delete those first")
	// ErrKeyReused: the idempotency key belongs to a request that asked for
	// something else.
	ErrKeyReused = errors.New("this Idempotency-Key belongs to another request: use a new key for a new request")
	// ErrKeyInFlight: the first request with the idempotency key has not ended.
	ErrKeyInFlight = errors.New("the first request with this Idempotency-Key is still being answered: ask again in a moment")
	// ErrUnavailable: the database cannot be reached or has no connection
	// free; the same request may succeed later.
	ErrUnavailable = errors.New("the database is not available")
)

// Violation is one thing that is wrong with a document, at a JSON Pointer.
type Violation struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// PointerToken writes a name as a reference token of a JSON Pointer
// (RFC 6901, section 3).
func PointerToken(name string) string { return pointerEscaper.Replace(name) }

// InvalidError says everything that is wrong with a document.
type InvalidError struct{ Violations []Violation }

func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		parts[i] = v.Pointer + " " + v.Detail
	}
	return strings.Join(parts, "; ")
}

// Invalid is an InvalidError with one violation.
func Invalid(pointer, detail string) error {
	return &InvalidError{Violations: []Violation{{Pointer: pointer, Detail: detail}}}
}

// violations collects what is wrong.
type violations []Violation

func (v *violations) add(pointer, detail string) {
	*v = append(*v, Violation{Pointer: pointer, Detail: detail})
}

func (v *violations) addf(pointer, format string, args ...any) {
	v.add(pointer, fmt.Sprintf(format, args...))
}
