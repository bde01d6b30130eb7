package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"catalog/api/catalog"
	"catalog/api/feed"
	"catalog/api/imports"
	"catalog/contract"
)

// importAnswer is an import as it is answered.
type importAnswer struct {
	ID         uuid.UUID  `json:"id"`
	State      string     `json:"state"`
	DryRun     bool       `json:"dry_run"`
	Rows       importRows `json:"rows"`
	Rate       float64    `json:"rate"`        // rows a second
	ETASeconds *float64   `json:"eta_seconds"` // null where it cannot be said
	CreatedAt  time.Time  `json:"created_at"`
	FinishedAt *time.Time `json:"finished_at"`
	Detail     *string    `json:"detail"`
}

type importRows struct {
	Total     *int64 `json:"total"` // null until the feed was read to its end
	OK        int64  `json:"ok"`
	Failed    int64  `json:"failed"`
	Created   int64  `json:"created"`
	Updated   int64  `json:"updated"`
	Unchanged int64  `json:"unchanged"`
}

func (s *Server) writeImport(w http.ResponseWriter, status int, i catalog.Import) error {
	rows := i.Rows.OK + i.Rows.Failed
	a := importAnswer{
		ID: i.ID, State: i.State, DryRun: i.DryRun, CreatedAt: i.CreatedAt.UTC(), Detail: i.Detail,
		Rows: importRows{OK: i.Rows.OK, Failed: i.Rows.Failed, Created: i.Rows.Created, Updated: i.Rows.Updated, Unchanged: i.Rows.Unchanged},
	}
	if i.State == catalog.ImportSucceeded {
		a.Rows.Total = &rows
	}
	end := s.now()
	if i.FinishedAt != nil {
		at := i.FinishedAt.UTC()
		a.FinishedAt, end = &at, at
	}
	if i.StartedAt != nil {
		// By the clocks of two machines: it may be less than nothing.
		seconds := max(0, end.Sub(*i.StartedAt).Seconds())
		if seconds > 0 {
			a.Rate = float64(rows) / seconds
		}
		if i.State == catalog.ImportRunning && i.Done > 0 {
			left := seconds * float64(i.Size-i.Done) / float64(i.Done)
			a.ETASeconds = &left
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return writeJSON(w, status, a)
}

// formats are the media types of feeds.
var formats = map[string]feed.Format{
	"text/csv": feed.CSV, "text/tab-separated-values": feed.TSV, "application/x-ndjson": feed.NDJSON,
}

// importOptions reads how a feed is to be read.
func importOptions(values url.Values, format feed.Format) (o imports.Options, dryRun bool, err error) {
	o = imports.Options{Format: format, Columns: map[string]string{}, CategorySeparator: values.Get("category_separator")}
	for name, given := range values {
		if field, ok := strings.CutPrefix(name, "map."); ok {
			o.Columns[field] = given[0]
		}
	}
	dry, err := oneOf(values, "dry_run", "false", "true")
	return o, dry == "true", err
}

// createImport takes a feed to its end and hands it over.
func (s *Server) createImport(w http.ResponseWriter, r *http.Request) error {
	values, err := parameters(r, "map.", "category_separator", "dry_run")
	if err != nil {
		return err
	}
	format, err := formatOf(r)
	if err != nil {
		return err
	}
	options, dryRun, err := importOptions(values, format)
	if err != nil {
		return err
	}
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		return catalog.ErrTooManyImports
	}
	text, err := json.Marshal(options)
	if err != nil {
		return fmt.Errorf("keeping the import's options: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	u := &upload{server: s, request: catalog.ImportRequest{ID: id, DryRun: dryRun, Options: text}, options: options, key: key}
	i, repeated, err := u.receive(w, r)
	if err != nil {
		return err
	}
	s.imports.Wake()
	w.Header().Set("Location", contract.APIBase+"/imports/"+i.ID.String())
	if repeated {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	return s.writeImport(w, http.StatusAccepted, i)
}

// importID reads the id of a request's import.
func importID(r *http.Request) (uuid.UUID, error) {
	if _, err := parameters(r); err != nil {
		return uuid.UUID{}, err
	}
	return productID(r.PathValue("id")) // both are UUIDs
}

func (s *Server) getImport(w http.ResponseWriter, r *http.Request) error {
	id, err := importID(r)
	if err != nil {
		return err
	}
	i, err := s.store.Import(r.Context(), id)
	if err != nil {
		return err
	}
	return s.writeImport(w, http.StatusOK, i)
}

func (s *Server) cancelImport(w http.ResponseWriter, r *http.Request) error {
	id, err := importID(r)
	if err != nil {
		return err
	}
	i, err := s.store.CancelImport(r.Context(), id)
	if err != nil {
		return err
	}
	return s.writeImport(w, http.StatusOK, i)
}

// errorsPage is how many bad rows are read at once.
const errorsPage = 1000

// getImportErrors streams the bad rows, a line each.
func (s *Server) getImportErrors(w http.ResponseWriter, r *http.Request) error {
	id, err := importID(r)
	if err != nil {
		return err
	}
	asking, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	if _, err := s.store.Import(asking, id); err != nil {
		return err
	}
	return s.stream(w, r, "application/x-ndjson", func(out *stream) error {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		for after := int64(0); ; {
			rows, err := s.errorsBehind(out.ctx, id, after)
			if out.waiting.Stop(); err != nil {
				return err
			}
			for _, row := range rows {
				if err := encoder.Encode(row); err != nil {
					return err
				}
				after = row.Line
			}
			if len(rows) < errorsPage {
				return nil
			}
		}
	})
}

func (s *Server) errorsBehind(ctx context.Context, id uuid.UUID, line int64) ([]catalog.ImportError, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	return s.store.ImportErrors(ctx, id, line, errorsPage)
}
