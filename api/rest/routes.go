package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"catalog/contract"
)

// route is one method on one path, in the pattern language of http.ServeMux.
type route struct {
	method, path string
	handle       handler
}

// handler answers a request or says why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

func (s *Server) routes() []route {
	return []route{
		{"GET", contract.HealthPath, s.health},
		{"GET", contract.APIBase + "/products", s.listProducts},
		{"POST", contract.APIBase + "/products", s.writer(s.bounded(s.createProduct))},
		{"POST", contract.APIBase + "/products:batch-get", s.bounded(s.batchGet)},
		{"GET", contract.APIBase + "/products:export", s.exportProducts},
		{"GET", contract.APIBase + "/products/{id}", s.getProduct},
		{"PUT", contract.APIBase + "/products/{id}", s.writer(s.bounded(s.putProduct))},
		{"PATCH", contract.APIBase + "/products/{id}", s.writer(s.bounded(s.patchProduct))},
		{"DELETE", contract.APIBase + "/products/{id}", s.writer(s.bounded(s.deleteProduct))},
		{"GET", contract.APIBase + "/categories", s.listCategories},
		{"GET", contract.APIBase + "/categories/{id}", s.getCategory},
		{"PUT", contract.APIBase + "/categories/{id}", s.writer(s.bounded(s.putCategory))},
		{"DELETE", contract.APIBase + "/categories/{id}", s.writer(s.bounded(s.deleteCategory))},
		{"POST", contract.APIBase + "/imports", s.writer(s.createImport)},
		{"GET", contract.APIBase + "/imports/{id}", s.bounded(s.getImport)},
		{"DELETE", contract.APIBase + "/imports/{id}", s.writer(s.bounded(s.cancelImport))},
		{"GET", contract.APIBase + "/imports/{id}/errors", s.getImportErrors},
		{"GET", contract.APIBase + "/openapi.json", s.openAPI},
		{"GET", contract.APIPrefix + "docs", s.docs},
	}
}

// bounded gives a request its deadline and the bound of its body. Reads that
// may be answered from memory set their deadline when they are not; what is
// streamed has bounds of its own.
func (s *Server) bounded(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		return next(w, r)
	}
}

// newMux gives every path its methods, 405 with Allow for the others, and 404
// for everything else, each as a problem document. A GET route answers HEAD.
func (s *Server) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	allowed := map[string][]string{}
	for _, r := range s.routes() {
		mux.Handle(r.method+" "+r.path, s.answer(r.handle))
		allowed[r.path] = append(allowed[r.path], r.method)
		if r.method == "GET" {
			allowed[r.path] = append(allowed[r.path], "HEAD")
		}
	}
	for path, methods := range allowed {
		slices.Sort(methods)
		mux.Handle(path, s.answer(methodNotAllowed(strings.Join(methods, ", "))))
	}
	mux.Handle("/", s.answer(func(http.ResponseWriter, *http.Request) error {
		return problem(http.StatusNotFound, "no_such_path", "nothing is served at this path")
	}))
	return mux
}

func methodNotAllowed(methods string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Allow", methods)
		return problem(http.StatusMethodNotAllowed, "method_not_allowed", "this path takes "+methods+", not "+r.Method)
	}
}
