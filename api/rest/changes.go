package rest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"catalog/api/catalog"
	"catalog/contract"
)

func (s *Server) createProduct(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	body, err := readBody(r, "application/json")
	if err != nil {
		return err
	}
	var in catalog.ProductInput
	if err := decodeJSON(body, &in); err != nil {
		return err
	}
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	if key != nil {
		key.Request = sha256.Sum256(body)
	}
	p, err := catalog.NewProduct(in, s.now())
	if err != nil {
		return err
	}
	d, repeated, err := s.store.CreateProduct(r.Context(), p, key)
	if err != nil {
		return err
	}
	s.cache.changed(catalog.Change{Aspects: catalog.AllAspects}, true) // nobody can have read it
	w.Header().Set("Location", contract.APIBase+"/products/"+d.ID.String())
	if repeated {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	return writeDocument(w, http.StatusCreated, d)
}

// writeDocument answers what a product has become.
func writeDocument(w http.ResponseWriter, status int, d catalog.Document) error {
	h := w.Header()
	h["Content-Type"] = typeJSON
	h.Set("ETag", etag(d.Version))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(line(d.JSON))
	return nil
}

func (s *Server) putProduct(w http.ResponseWriter, r *http.Request) error {
	var in catalog.ProductInput
	return s.change(w, r, func() error { return readJSON(r, &in) }, func(catalog.Product) (catalog.ProductInput, error) {
		return in, nil
	})
}

func (s *Server) patchProduct(w http.ResponseWriter, r *http.Request) error {
	var patch map[string]any
	read := func() error {
		body, err := readBody(r, "application/merge-patch+json", "application/json")
		if err != nil {
			return err
		}
		if err := decodeJSON(body, &patch); err != nil {
			return err
		}
		if patch == nil {
			return catalog.Invalid("", "must be an object, not null")
		}
		return nil
	}
	return s.change(w, r, read, func(p catalog.Product) (catalog.ProductInput, error) {
		return patched(p.Input(), patch)
	})
}

// target is the product that a request changes, and a check of the version
// that it is to have.
func target(r *http.Request) (id uuid.UUID, check func(version int64) error, err error) {
	if _, err = parameters(r); err != nil {
		return id, nil, err
	}
	if id, err = productID(r.PathValue("id")); err != nil {
		return id, nil, err
	}
	check, err = expected(r)
	return id, check, err
}

// change makes a product's next version of what is asked for.
func (s *Server) change(w http.ResponseWriter, r *http.Request, read func() error, become func(catalog.Product) (catalog.ProductInput, error)) error {
	id, check, err := target(r)
	if err != nil {
		return err
	}
	if err := read(); err != nil {
		return err
	}
	changed := catalog.Change{IDs: []string{id.String()}}
	d, err := s.store.UpdateProduct(r.Context(), id, func(p catalog.Product) (catalog.Product, error) {
		if err := check(p.Version); err != nil {
			return p, err
		}
		in, err := become(p)
		if err != nil {
			return p, err
		}
		next, err := p.With(in, s.now())
		changed.Aspects = next.AspectsSince(p)
		return next, err
	})
	if err != nil {
		return err
	}
	s.cache.changed(changed, true)
	return writeDocument(w, http.StatusOK, d)
}

func (s *Server) deleteProduct(w http.ResponseWriter, r *http.Request) error {
	id, check, err := target(r)
	if err != nil {
		return err
	}
	if err := s.store.DeleteProduct(r.Context(), id, check); err != nil {
		return err
	}
	s.cache.changed(catalog.Change{IDs: []string{id.String()}, Aspects: catalog.AllAspects}, true)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// patched is a document with a merge patch applied (RFC 7396): members that
// are null go, objects are merged, everything else takes the old one's place.
func patched(in catalog.ProductInput, patch map[string]any) (out catalog.ProductInput, err error) {
	text, err := json.Marshal(in)
	if err != nil {
		return out, fmt.Errorf("writing the product to be patched: %w", err)
	}
	var document map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil {
		return out, fmt.Errorf("reading the product to be patched: %w", err)
	}
	if text, err = json.Marshal(merge(document, patch)); err != nil {
		return out, fmt.Errorf("writing the patched product: %w", err)
	}
	return out, decodeJSON(text, &out)
}

func merge(target, patch map[string]any) map[string]any {
	if target == nil {
		target = map[string]any{}
	}
	for name, value := range patch {
		if value == nil {
			delete(target, name)
			continue
		}
		if members, ok := value.(map[string]any); ok {
			inner, _ := target[name].(map[string]any)
			value = merge(inner, members)
		}
		target[name] = value
	}
	return target
}
