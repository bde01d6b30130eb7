package rest

import (
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
		{"POST", contract.APIBase + "/products", s.writer(s.createProduct)},
		{"POST", contract.APIBase + "/products:batch-get", s.batchGet},
		{"GET", contract.APIBase + "/products/{id}", s.getProduct},
		{"PUT", contract.APIBase + "/products/{id}", s.writer(s.putProduct)},
		{"PATCH", contract.APIBase + "/products/{id}", s.writer(s.patchProduct)},
		{"DELETE", contract.APIBase + "/products/{id}", s.writer(s.deleteProduct)},
		{"GET", contract.APIBase + "/categories", s.listCategories},
		{"GET", contract.APIBase + "/categories/{id}", s.getCategory},
		{"PUT", contract.APIBase + "/categories/{id}", s.writer(s.putCategory)},
		{"DELETE", contract.APIBase + "/categories/{id}", s.writer(s.deleteCategory)},
		{"GET", contract.APIBase + "/openapi.json", s.openAPI},
		{"GET", contract.APIPrefix + "docs", s.docs},
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
