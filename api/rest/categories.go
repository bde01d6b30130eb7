package rest

import (
	"net/http"
	"net/url"

	"catalog/api/catalog"
	"catalog/contract"
)

func (s *Server) listCategories(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	categories, err := s.store.Categories(r.Context())
	if err != nil {
		return err
	}
	if categories == nil {
		categories = []catalog.Category{}
	}
	return writeJSON(w, http.StatusOK, list[catalog.Category]{Items: categories})
}

func (s *Server) getCategory(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	if !isText(r.PathValue("id")) {
		return catalog.ErrNotFound // what is no id names no category
	}
	c, err := s.store.Category(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, c)
}

func (s *Server) putCategory(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	var in catalog.CategoryInput
	if err := readJSON(r, &in); err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := in.Check(id); err != nil {
		return err
	}
	created, err := s.store.PutCategory(r.Context(), id, in)
	if err != nil {
		return err
	}
	c, err := s.store.Category(r.Context(), id)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
		w.Header().Set("Location", contract.APIBase+"/categories/"+url.PathEscape(id))
	}
	return writeJSON(w, status, c)
}
