package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/cespare/xxhash/v2"
	"github.com/google/uuid"

	"catalog/api/catalog"
)

func (s *Server) listProducts(w http.ResponseWriter, r *http.Request) error {
	l, err := s.listing(r)
	if err != nil {
		return err
	}
	return s.giveKept(w, r, l.key, true, func(ctx context.Context) (*answer, error) {
		page, err := s.store.Products(ctx, l.Query)
		if err != nil {
			return nil, err
		}
		summary, err := s.summary(ctx, l, page.Corrected)
		if err != nil {
			return nil, err
		}
		body, err := s.listBody(l, page, summary)
		return s.hashed(body), err
	})
}

// summary counts when it is asked to: what was searched for in the end.
func (s *Server) summary(ctx context.Context, l listing, corrected string) (catalog.Summary, error) {
	if len(l.facets) == 0 && l.total == catalog.TotalNone {
		return catalog.Summary{}, nil
	}
	q := catalog.SummaryQuery{Filter: l.Filter, Facets: l.facets, Total: l.total}
	if corrected != "" {
		q.Text = corrected
	}
	return s.store.Summarize(ctx, q)
}

// listBody puts the products' documents together as they are.
func (s *Server) listBody(l listing, page catalog.Page, summary catalog.Summary) ([]byte, error) {
	size := 64
	for _, d := range page.Items {
		size += len(d.JSON) + 1
	}
	body := append(make([]byte, 0, size), `{"items":[`...)
	for i, d := range page.Items {
		if i > 0 {
			body = append(body, ',')
		}
		document := d.JSON
		if l.fields != nil {
			var err error
			if document, err = pick(document, l.fields); err != nil {
				return nil, err
			}
		}
		body = append(body, document...)
	}
	body = append(body, `],"next_cursor":`...)
	if page.Next != nil {
		body = append(body, `"`+s.cursors.encode(*page.Next, l.filters)+`"`...)
	} else {
		body = append(body, "null"...)
	}
	return appendSummary(body, page.Corrected, summary)
}

func appendSummary(body []byte, corrected string, summary catalog.Summary) ([]byte, error) {
	if summary.Facets != nil {
		facets, err := json.Marshal(summary.Facets)
		if err != nil {
			return nil, fmt.Errorf("writing the facets: %w", err)
		}
		body = append(append(body, `,"facets":`...), facets...)
	}
	if summary.Total != nil {
		body = strconv.AppendInt(append(body, `,"total":`...), *summary.Total, 10)
	}
	if corrected != "" {
		text, err := json.Marshal(corrected)
		if err != nil {
			return nil, fmt.Errorf("writing the corrected text: %w", err)
		}
		body = append(append(body, `,"corrected":`...), text...)
	}
	return append(body, "}\n"...), nil
}

// hashed makes an answer whose entity tag is a hash of its bytes: the same in
// every task.
func (s *Server) hashed(body []byte) *answer {
	return newAnswer(body, strconv.FormatUint(xxhash.Sum64(body), 36), s.now())
}

func (s *Server) getProduct(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	text := r.PathValue("id")
	if a := s.cache.hit(text); a != nil { // no other spelling of an id is kept
		return a.give(w, r)
	}
	id, err := productID(text)
	if err != nil {
		return err
	}
	return s.giveKept(w, r, id.String(), false, func(ctx context.Context) (*answer, error) {
		d, err := s.store.Product(ctx, id)
		return s.documentAnswer(d), err
	})
}

func (s *Server) documentAnswer(d catalog.Document) *answer {
	return newAnswer(append(d.JSON, '\n'), strconv.FormatInt(d.Version, 10), s.now())
}

// productID reads an id in its one spelling: what is no id names no product.
func productID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return id, catalog.ErrNotFound
	}
	return id, nil
}

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
	found, err := s.documents(r.Context(), asked.IDs)
	if err != nil {
		return err
	}
	body, missing := []byte(`{"items":[`), []string{}
	for _, text := range asked.IDs {
		document, ok := found[text]
		if !ok {
			missing = append(missing, text)
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
	w.Header()["Content-Type"] = typeJSON
	w.Header().Set("Cache-Control", "no-store")
	w.Write(body)
	return nil
}

// documents finds products by id: in memory, and with one statement for those
// that are not there.
func (s *Server) documents(ctx context.Context, texts []string) (map[string][]byte, error) {
	found := map[string][]byte{}
	var ids []uuid.UUID
	for i, text := range texts {
		id, err := productID(text)
		if err != nil {
			return nil, catalog.Invalid("/ids/"+strconv.Itoa(i), "must be a product's id, a UUID in its usual form")
		}
		if a := s.cache.hit(text); a != nil {
			found[text] = a.body[:len(a.body)-1] // without its line end
		} else {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	documents, err := s.store.ProductsByID(ctx, ids)
	for _, d := range documents {
		found[d.ID.String()] = d.JSON
	}
	return found, err
}
