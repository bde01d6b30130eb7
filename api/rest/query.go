package rest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"catalog/api/catalog"
)

// parameters reads a query string strictly: a parameter that a route does not
// know, or that comes twice, is an error that names it. A known name that ends
// in "." stands for all that begin with it.
func parameters(r *http.Request, known ...string) (url.Values, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badParameter("", "the query string cannot be read: percent-encode what is not a letter or digit")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) { // the same request, the same answer
		given := values[name]
		switch {
		case !slices.ContainsFunc(known, func(k string) bool {
			if strings.HasSuffix(k, ".") {
				return len(name) > len(k) && strings.HasPrefix(name, k)
			}
			return k == name
		}):
			return nil, badParameter(name, fmt.Sprintf("query parameter %q is not known here; known: %s", name, listOf(known)))
		case len(given) > 1:
			return nil, badParameter(name, fmt.Sprintf("query parameter %q is given %d times", name, len(given)))
		case !isText(given[0]) || !isText(name):
			return nil, badParameter(name, fmt.Sprintf("query parameter %q must be UTF-8 text without NUL characters", name))
		}
	}
	return values, nil
}

func listOf(known []string) string {
	if len(known) == 0 {
		return "none"
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = k
		if strings.HasSuffix(k, ".") {
			names[i] += "<name>"
		}
	}
	return strings.Join(names, ", ")
}

func badParameter(name, detail string) error {
	p := problem(http.StatusBadRequest, "bad_parameter", detail)
	if name != "" {
		p.Errors = []catalog.Violation{{Pointer: "?" + strings.ToValidUTF8(name, "\uFFFD"), Detail: detail}}
	}
	return p
}

// isText says whether PostgreSQL can take a string as text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// oneOf reads a parameter that has one of these values, the first where it is
// not given.
func oneOf(values url.Values, name string, allowed ...string) (string, error) {
	if !values.Has(name) {
		return allowed[0], nil
	}
	if v := values.Get(name); slices.Contains(allowed, v) && v != "" {
		return v, nil
	}
	return "", badParameter(name, name+" must be one of "+strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
}

// someOf reads a parameter that lists some of these values, in their order.
func someOf(values url.Values, name string, allowed []string) ([]string, error) {
	if !values.Has(name) {
		return nil, nil
	}
	given := strings.Split(values.Get(name), ",")
	for _, v := range given {
		if !slices.Contains(allowed, v) {
			return nil, badParameter(name, fmt.Sprintf("%s has %q: it must be a list of %s, with commas between them", name, v, strings.Join(allowed, ", ")))
		}
	}
	return slices.DeleteFunc(slices.Clone(allowed), func(v string) bool { return !slices.Contains(given, v) }), nil
}
