package rest_test

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestExamplesFitTheirSchemas: every one in the document, and no body or
// response is without one.
func TestExamplesFitTheirSchemas(t *testing.T) {
	t.Parallel()
	o, found := openAPIDocument(), 0
	var walk func(p place)
	walk = func(p place) {
		at, where := o.get(p)
		if where.String() != p.String() {
			return // the other place is walked over as well
		}
		if at["schema"] != nil {
			values := o.examplesAt(p)
			if p[len(p)-2] == "content" && len(values) == 0 {
				t.Errorf("%s has no example", p)
			}
			for _, v := range values {
				found++
				var err error
				if text, ok := v.(string); ok && p[len(p)-2] == "content" {
					err = o.validateText(p.at("schema"), p[len(p)-1], text)
				} else {
					err = o.validate(p.at("schema"), v)
				}
				if err != nil {
					t.Errorf("%s: %v", p, err)
				}
			}
		}
		for name, child := range at {
			if _, ok := child.(node); ok && name != "schema" && name != "schemas" && name != "examples" {
				walk(p.at(name))
			}
			if list, ok := child.([]any); ok && name == "parameters" {
				for i := range list {
					walk(p.at(name, strconv.Itoa(i)))
				}
			}
		}
	}
	walk(place{"paths"})
	walk(place{"components"})
	if found < 70 { // as many as there were when this was written
		t.Errorf("only %d examples were found", found)
	}
}

func (o *openAPI) examplesAt(p place) (values []any) {
	at, _ := o.get(p)
	if value, ok := at["example"]; ok {
		values = append(values, value)
	}
	examples, _ := at["examples"].(node)
	for name := range examples {
		example, _ := o.get(p.at("examples", name))
		values = append(values, example["value"])
	}
	return values
}

// TestEveryOperationIsDescribed: with what a reader and a generator need.
func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	o, ids := openAPIDocument(), map[string]bool{}
	for _, route := range o.routes() {
		method, path, _ := strings.Cut(route, " ")
		operation, where := o.get(place{"paths", path, strings.ToLower(method)})
		id, _ := operation["operationId"].(string)
		if id == "" || ids[id] || operation["summary"] == nil || operation["tags"] == nil {
			t.Errorf("%s: operationId %q is missing or taken, or there is no summary or tag", route, id)
		}
		ids[id] = true
		responses, _ := o.get(where.at("responses"))
		must := []string{"405", "414", "500"}
		if operation["security"] != nil {
			must = append(must, "400", "401", "503")
		}
		if operation["requestBody"] != nil {
			must = append(must, "400", "413", "415", "422")
		}
		for _, status := range must {
			if responses[status] == nil {
				t.Errorf("%s does not list %s", route, status)
			}
		}
	}
}

// routes are the document's, HEAD aside: it comes with GET.
func (o *openAPI) routes() (all []string) {
	for path, item := range o.root["paths"].(node) {
		for method := range item.(node) {
			if method != "parameters" && method != "head" {
				all = append(all, strings.ToUpper(method)+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

// wantRoutes holds the routes that a server has, such as
// "GET /api/v1/products", to those of the document, both ways.
func wantRoutes(t *testing.T, served []string) {
	t.Helper()
	for _, wrong := range openAPIDocument().differs(served) {
		t.Error(wrong)
	}
}

func (o *openAPI) differs(served []string) (wrong []string) {
	described := o.routes()
	for _, route := range described {
		if !slices.Contains(served, route) {
			wrong = append(wrong, route+" is described and not served")
		}
	}
	for _, route := range served {
		if !slices.Contains(described, route) && !strings.HasPrefix(route, "HEAD ") {
			wrong = append(wrong, route+" is served and not described")
		}
	}
	return wrong
}

// TestL2_EveryRouteIsDescribed, and what is described is served.
func TestL2_EveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	wantRoutes(t, newServer(t, &memoryStore{}, io.Discard).Routes())
}

func TestRoutesThatDifferAreNamed(t *testing.T) {
	t.Parallel()
	o := openAPIDocument()
	wantRoutes(t, append(o.routes(), "HEAD /health"))
	wrong := o.differs(append(o.routes()[1:], "GET /api/v1/orders"))
	if len(wrong) != 2 || !strings.HasPrefix(wrong[1], "GET /api/v1/orders is served") {
		t.Errorf("%q", wrong)
	}
}
