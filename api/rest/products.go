package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"
	"github.com/google/uuid"

	"catalog/api/catalog"
)

func (s *Server) listProducts(w http.ResponseWriter, r *http.Request) error {
	// The same question in other words is kept twice: to read it would cost
	// more than to answer it.
	key := "products?" + r.URL.RawQuery
	if a := s.cache.hit(key, true); a != nil {
		return a.give(w, r)
	}
	l, err := s.listing(r)
	if err != nil {
		return err
	}
	return s.giveKept(w, r, key, true, func(ctx context.Context) (*answer, error) {
		page, err := s.store.Products(ctx, l.Query)
		if err != nil {
			return nil, err
		}
		summary, err := s.summary(ctx, l, page.Corrected)
		if err != nil {
			return nil, err
		}
		body, err := s.listBody(l, page, summary)
		if err != nil {
			return nil, err
		}
		a := s.hashed(body)
		a.kept.of = l.holding(page)
		return a, nil
	})
}

// holding is what an answer depends on: what places its products, and what
// counts them.
func (l *listing) holding(page catalog.Page) *holding {
	h := &holding{aspects: l.Aspects(), slots: make([]uint16, len(page.Items))}
	if slices.Contains(l.facets, catalog.FacetPrice) {
		h.aspects |= catalog.Priced
	}
	for i, d := range page.Items {
		h.slots[i] = slotOf(d.ID.String())
	}
	return h
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
	if spare := cap(body) - len(body); spare > len(body)/8 { // it may be kept
		body = bytes.Clone(body)
	}
	return newAnswer(body, []string{`"` + strconv.FormatUint(xxhash.Sum64(body), 36) + `"`}, s.now())
}

func (s *Server) getProduct(w http.ResponseWriter, r *http.Request) error {
	if _, err := parameters(r); err != nil {
		return err
	}
	text := r.PathValue("id")
	if a := s.cache.hit(text, false); a != nil { // no other spelling of an id is kept
		return a.give(w, r)
	}
	id, err := productID(text)
	if err != nil {
		return err
	}
	return s.giveKept(w, r, id.String(), false, func(ctx context.Context) (*answer, error) {
		d, err := s.store.Product(ctx, id)
		if err != nil {
			return nil, err
		}
		return newAnswer(line(d.JSON), versionTag(d.Version), s.now()), nil
	})
}

// line is a document with its line end, in bytes of its own: the store may
// keep the document, and the answer may be kept.
func line(document []byte) []byte {
	return append(append(make([]byte, 0, len(document)+1), document...), '\n')
}

// productID reads an id in its usual form, in capitals or not (RFC 9562,
// section 4): what is no id names no product.
func productID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return id, catalog.ErrNotFound
	}
	return id, nil
}
