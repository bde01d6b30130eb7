package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"catalog/api/catalog"
)

// parameters reads a query string strictly: a parameter that a route does not
// know, or that comes twice, is an error that names it.
func parameters(r *http.Request, known ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badParameter("", "the query string cannot be read: percent-encode what is not a letter or digit")
	}
	for name, given := range values {
		switch {
		case !slices.Contains(known, name):
			return nil, badParameter(name, fmt.Sprintf("query parameter %q is not known here; known: %s", name, listOf(known)))
		case len(given) > 1:
			return nil, badParameter(name, fmt.Sprintf("query parameter %q is given %d times", name, len(given)))
		}
	}
	return values, nil
}

func listOf(known []string) string {
	if len(known) == 0 {
		return "none"
	}
	return strings.Join(known, ", ")
}

func badParameter(name, detail string) error {
	p := problem(http.StatusBadRequest, "bad_parameter", detail)
	if name != "" {
		p.Errors = []catalog.Violation{{Pointer: "?" + name, Detail: detail}}
	}
	return p
}

// isText says whether PostgreSQL can take a string as text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// productQuery reads the query of a product list. The filters are what a
// cursor is bound to: everything that decides which products are listed.
func (s *Server) productQuery(r *http.Request) (q catalog.Query, filters string, err error) {
	values, err := parameters(r, "limit", "cursor", "category")
	if err != nil {
		return q, "", err
	}
	q = catalog.Query{Category: values.Get("category"), Limit: catalog.DefaultLimit}
	if !isText(q.Category) {
		return q, "", badParameter("category", "category must be UTF-8 text without NUL characters")
	}
	if values.Has("limit") {
		q.Limit, err = strconv.Atoi(values.Get("limit"))
		if err != nil || q.Limit < catalog.MinLimit || q.Limit > catalog.MaxLimit {
			return q, "", badParameter("limit", fmt.Sprintf("limit must be a whole number from %d to %d", catalog.MinLimit, catalog.MaxLimit))
		}
	}
	filters = "category=" + q.Category
	if cursor := values.Get("cursor"); cursor != "" {
		q.After, err = s.cursors.decode(cursor, filters)
	}
	return q, filters, err
}
