package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// maxBatch is how many products a batch may ask for.
const maxBatch = 100

// batchGet answers products in the order asked.
func (s *Server) batchGet(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	var asked struct {
		IDs []string `json:"ids"`
	}
	if err := readJSON(r, &asked); err != nil {
		return err
	}
	if n := len(asked.IDs); n < 1 || n > maxBatch {
		return catalog.Invalid("/ids", fmt.Sprintf("must have 1 to %d ids, has %d", maxBatch, n))
	}
	ids := make([]uuid.UUID, len(asked.IDs))
	for i, text := range asked.IDs {
		var err error
		if ids[i], err = productID(text); err != nil {
			return catalog.Invalid("/ids/"+strconv.Itoa(i), "must be a product's id, a UUID in its usual form")
		}
	}
	found, stale, err := s.documents(r.Context(), ids)
	if err != nil {
		return err
	}
	body, missing := []byte(`{"items":[`), []string{}
	for i, id := range ids {
		document, ok := found[id]
		if !ok {
			missing = append(missing, asked.IDs[i])
			continue
		}
		if body[len(body)-1] != '[' {
			body = append(body, ',')
		}
		body = append(body, document...)
	}
	rest, err := json.Marshal(missing)
	if err != nil {
		return fmt.Errorf("writing the ids that are missing: %w", err)
	}
	body = append(append(append(body, `],"missing":`...), rest...), "}\n"...)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if stale != nil {
		h["Age"] = s.age(stale)
	}
	a := newAnswer(body, nil, s.now())
	coding := a.accepted(r.Header)
	a.in(coding).write(w, coding)
	return nil
}

// documents finds products by id: in memory, and with one statement for those
// that are not there. While the store is away what was kept will do, where it
// was kept of all; stale is the oldest of it.
func (s *Server) documents(ctx context.Context, ids []uuid.UUID) (found map[uuid.UUID][]byte, stale *answer, err error) {
	found = make(map[uuid.UUID][]byte, len(ids))
	var unkept []uuid.UUID
	var keys []string
	for _, id := range ids {
		key := id.String()
		if a := s.cache.hit(key, false); a != nil {
			found[id] = a.document()
		} else {
			unkept, keys = append(unkept, id), append(keys, key)
		}
	}
	if len(unkept) == 0 {
		return found, nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.cache.patience(keys...))
	defer cancel()
	documents, err := s.store.ProductsByID(ctx, unkept)
	for _, d := range documents {
		found[d.ID] = d.JSON
	}
	if !errors.Is(err, catalog.ErrUnavailable) {
		return found, nil, err
	}
	for i, id := range unkept {
		old := s.cache.old(keys[i])
		if old == nil {
			return nil, nil, err
		}
		found[id] = old.document()
		if stale == nil || old.made < stale.made {
			stale = old
		}
	}
	return found, stale, nil
}

// document is a product's answer without its line end.
func (a *answer) document() []byte { return a.body[:len(a.body)-1] }
