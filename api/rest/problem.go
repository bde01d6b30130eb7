package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"catalog/api/catalog"
	"catalog/api/telemetry"
)

// problemError is an answer that says no, as RFC 9457 writes it.
type problemError struct {
	Status int
	Code   string
	Detail string
	Errors []catalog.Violation
	// RetryAfter, in seconds, goes with 429 and 503.
	RetryAfter string
}

func (p *problemError) Error() string { return p.Detail }

func problem(status int, code, detail string) *problemError {
	return &problemError{Status: status, Code: code, Detail: detail}
}

// after says in how many seconds it may be gone.
func (p *problemError) after(seconds string) *problemError {
	p.RetryAfter = seconds
	return p
}

// problemDocument is the body of a problem.
type problemDocument struct {
	Type     string              `json:"type"`
	Title    string              `json:"title"`
	Status   int                 `json:"status"`
	Detail   string              `json:"detail"`
	Instance string              `json:"instance"`
	Code     string              `json:"code"`
	Errors   []catalog.Violation `json:"errors,omitempty"`
	TraceID  string              `json:"trace_id"`
}

// answer runs a handler and answers its error.
func (s *Server) answer(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.writeProblem(w, r, s.problemOf(r, err))
		}
	})
}

// problemOf maps an error to its answer. What the client did not cause is
// logged in full and answered without its text: no SQL, no address.
func (s *Server) problemOf(r *http.Request, err error) *problemError {
	var p *problemError
	var invalid *catalog.InvalidError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &invalid):
		p = problem(http.StatusUnprocessableEntity, "invalid", "the document is not valid: "+invalid.Error())
		p.Errors = invalid.Violations
		return p
	case errors.As(err, &tooLarge):
		return problem(http.StatusRequestEntityTooLarge, "too_large", "the body is larger than 1 MiB")
	case errors.Is(err, catalog.ErrNotFound):
		return problem(http.StatusNotFound, "not_found", err.Error())
	case errors.Is(err, catalog.ErrDuplicateSKU):
		p = problem(http.StatusConflict, "duplicate_sku", err.Error())
		p.Errors = []catalog.Violation{{Pointer: "/sku", Detail: "is taken"}}
		return p
	case errors.Is(err, catalog.ErrInUse):
		return problem(http.StatusConflict, "in_use", err.Error())
	case errors.Is(err, catalog.ErrImportEnded):
		return problem(http.StatusConflict, "import_ended", err.Error())
	case errors.Is(err, catalog.ErrTooManyImports):
		return problem(http.StatusTooManyRequests, "too_many_imports", err.Error()).after("10")
	case errors.Is(err, catalog.ErrKeyReused):
		return problem(http.StatusUnprocessableEntity, "idempotency_key_reused", err.Error())
	case errors.Is(err, catalog.ErrKeyInFlight):
		return problem(http.StatusConflict, "idempotency_key_in_flight", err.Error()).after("1")
	case errors.Is(err, catalog.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		s.log.WarnContext(r.Context(), "request not served", "error", err)
		return problem(http.StatusServiceUnavailable, "unavailable", "the catalog cannot be read or written right now: try again").after("1")
	}
	s.log.ErrorContext(r.Context(), "request failed", "error", err)
	return problem(http.StatusInternalServerError, "internal", "the server failed on this request")
}

func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, p *problemError) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.RetryAfter != "" {
		h.Set("Retry-After", p.RetryAfter)
	}
	body, err := json.Marshal(problemDocument{
		Type: "about:blank", Title: http.StatusText(p.Status), Status: p.Status, Detail: p.Detail,
		Instance: r.URL.EscapedPath(), Code: p.Code, Errors: p.Errors, TraceID: telemetry.TraceID(r.Context()),
	})
	if err != nil { // only strings and numbers are in it
		panic(err)
	}
	w.WriteHeader(p.Status)
	w.Write(append(body, '\n'))
}
