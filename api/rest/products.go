package rest

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"catalog/api/catalog"
	"catalog/contract"
)

// list is the shape of every list. NextCursor is null on the last page.
type list[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

func (s *Server) listProducts(w http.ResponseWriter, r *http.Request) error {
	q, filters, err := s.productQuery(r)
	if err != nil {
		return err
	}
	page, err := s.store.Products(r.Context(), q)
	if err != nil {
		return err
	}
	answer := list[catalog.Product]{Items: page.Items}
	if answer.Items == nil {
		answer.Items = []catalog.Product{}
	}
	if page.More {
		cursor := s.cursors.encode(page.Items[len(page.Items)-1].ID, filters)
		answer.NextCursor = &cursor
	}
	return writeJSON(w, http.StatusOK, answer)
}

func (s *Server) getProduct(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	id, err := uuid.Parse(r.PathValue("id"))
	if err != nil || len(r.PathValue("id")) != 36 {
		return catalog.ErrNotFound // what is no id names no product
	}
	p, err := s.store.Product(r.Context(), id)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(p.Version))
	return writeJSON(w, http.StatusOK, p)
}

func (s *Server) createProduct(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	var in catalog.ProductInput
	if err := readJSON(r, &in); err != nil {
		return err
	}
	p, err := catalog.NewProduct(in, s.now())
	if err != nil {
		return err
	}
	if err := s.store.CreateProduct(r.Context(), p); err != nil {
		return err
	}
	w.Header().Set("Location", contract.APIBase+"/products/"+p.ID.String())
	w.Header().Set("ETag", etag(p.Version))
	return writeJSON(w, http.StatusCreated, p)
}

// etag is a strong entity tag (RFC 9110, section 8.8.3).
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }
