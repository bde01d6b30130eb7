// Package rest serves the catalog over HTTP.
//
// routes.go names every route. A handler returns its error; problem.go is the
// one place that turns errors into answers (RFC 9457) and logs them.
package rest
