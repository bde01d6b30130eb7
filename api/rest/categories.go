package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"catalog/api/catalog"
	"catalog/contract"
)

func (s *Server) listCategories(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	return s.giveKept(w, r, "categories", true, func(ctx context.Context) (*answer, error) {
		categories, err := s.store.Categories(ctx)
		if err != nil {
			return nil, err
		}
		if categories == nil {
			categories = []catalog.Category{}
		}
		return s.marshalled(struct {
			Items      []catalog.Category `json:"items"`
			NextCursor *string            `json:"next_cursor"` // the tree comes whole
		}{Items: categories})
	})
}

func (s *Server) getCategory(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if !isText(id) {
		return catalog.ErrNotFound // what is no id names no category
	}
	return s.giveKept(w, r, "categories/"+id, true, func(ctx context.Context) (*answer, error) {
		c, err := s.store.Category(ctx, id)
		if err != nil {
			return nil, err
		}
		return s.marshalled(c)
	})
}

func (s *Server) marshalled(v any) (*answer, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing the answer: %w", err)
	}
	a := s.hashed(append(body, '\n'))
	a.kept.of = categoriesHold
	return a, nil
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
	s.cache.changed(catalog.Change{Aspects: catalog.AllAspects}, true)
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

func (s *Server) deleteCategory(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if !isText(id) {
		return catalog.ErrNotFound
	}
	if err := s.store.DeleteCategory(r.Context(), id); err != nil {
		return err
	}
	s.cache.changed(catalog.Change{Aspects: catalog.AllAspects}, true)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
