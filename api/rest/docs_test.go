package rest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestL2_ContractIsServedAsItIsWritten(t *testing.T) {
	t.Parallel()
	f := serve(t)
	a := f.get("/api/v1/openapi.json")
	conform(t, a.Request, a.Response, a.body)
	if a.StatusCode != http.StatusOK || !strings.HasPrefix(string(a.body), `{"openapi":"3.1.0","info":{"title":`) {
		t.Fatalf("%s %.100s", a.Status, a.body)
	}
	written, err := json.Marshal(openAPIDocument().root)
	if err != nil {
		t.Fatal(err)
	}
	read, err := json.Marshal(decode[any](t, a))
	if err != nil || string(read) != string(written) {
		t.Errorf("what is served is not what openapi.yaml says, %v", err)
	}
	wantUnchanged(t, f, "/api/v1/openapi.json")
	wantProblem(t, f.get("/api/v1/openapi.json?version=3"), http.StatusBadRequest, "bad_parameter", "?version")
}

// wantUnchanged: who has the document does not get it again.
func wantUnchanged(t *testing.T, f *fixture, path string) {
	t.Helper()
	tag := f.get(path).Header.Get("ETag")
	plain := strings.Replace(tag, `-gzip"`, `"`, 1)
	for given, want := range map[string]int{
		tag: 304, plain: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, strings.TrimSuffix(plain, `"`) + `-zstd"`: 304, `"x"`: 200, "": 200,
	} {
		a := f.ask("GET", path, "", "If-None-Match", given)
		conform(t, a.Request, a.Response, a.body)
		if a.StatusCode != want || a.Header.Get("ETag") != tag || want == 304 && len(a.body) > 0 {
			t.Errorf("If-None-Match: %s: %s, ETag %s, %d bytes; want %d", given, a.Status, a.Header.Get("ETag"), len(a.body), want)
		}
	}
}

// TestDocsPageRunsOnlyWhatItBrings: its policy names its one script and its
// one style, and it asks nobody but the server that it came from.
func TestDocsPageRunsOnlyWhatItBrings(t *testing.T) {
	t.Parallel()
	f := serve(t)
	a := f.get("/api/docs")
	conform(t, a.Request, a.Response, a.body)
	page := string(a.body)
	policy := a.Header.Get("Content-Security-Policy")
	for _, element := range []string{"script", "style"} {
		_, rest, _ := strings.Cut(page, "<"+element+">")
		text, _, closed := strings.Cut(rest, "</"+element+">")
		hash := sha256.Sum256([]byte(text))
		want := element + "-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
		if !closed || strings.Count(page, "<"+element) != 1 || !strings.Contains(policy, want) {
			t.Errorf("the page's one <%s> is not allowed: %s is not in %s", element, want, policy)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none'; connect-src 'self'; ") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the header is %v", a.Header)
	}
	for _, forbidden := range []string{"http://", "https://", "innerHTML", "insertAdjacentHTML", "document.write", " style=", " onclick=", "localStorage", "sessionStorage", "cookie"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page holds %q", forbidden)
		}
	}
	wantUnchanged(t, f, "/api/docs")
}

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

func TestRoutesThatDifferAreNamed(t *testing.T) {
	t.Parallel()
	o := openAPIDocument()
	wantRoutes(t, append(o.routes(), "HEAD /health"))
	wrong := o.differs(append(o.routes()[1:], "GET /api/v1/orders"))
	if len(wrong) != 2 || !strings.HasPrefix(wrong[1], "GET /api/v1/orders is served") {
		t.Errorf("%q", wrong)
	}
}

// TestConformFindsWhatIsWrong: a check that finds nothing would let every test
// pass.
func TestConformFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	const (
		list    = `{"items":[],"next_cursor":null}`
		missing = `{"type":"about:blank","title":"Not Found","status":404,"detail":"no","instance":"/x","code":"not_found","trace_id":"1"}`
		reading = "ETag: \"1\"\nCache-Control: public, max-age=0, stale-if-error=300\nVary: Accept-Encoding\nContent-Type: application/json"
		failed  = "Content-Type: application/problem+json"
	)
	for _, c := range []struct {
		request string
		status  int
		header  string
		body    string
		wrong   string // "" for nothing
	}{
		{"GET /api/v1/products", 200, reading, list, ""},
		{"HEAD /api/v1/products", 200, reading, "", ""},
		{"GET /api/v1/products", 200, reading, `{"items":[]}`, "next_cursor"},
		{"GET /api/v1/products", 200, reading, `{"items":[{"id":"1"}],"next_cursor":null}`, "/items/0/id"},
		{"GET /api/v1/products", 200, reading, `{"items":[{"id":"0190b3c2-f0a0-7000-8000-00000000000a"}],"next_cursor":null}`, "an item"},
		{"GET /api/v1/products?fields=id", 200, reading, `{"items":[{"id":"0190b3c2-f0a0-7000-8000-00000000000a"}],"next_cursor":null}`, ""},
		{"GET /api/v1/products", 200, reading, `{"items":[],"next_cursor":null,"page":1}`, "page"},
		{"GET /api/v1/products", 200, reading, "<html>", "invalid character"},
		{"GET /api/v1/products", 200, reading + "\nAge: soon", list, "Age"},
		{"GET /api/v1/products", 200, strings.TrimPrefix(reading, "ETag: \"1\"\n"), list, "ETag is missing"},
		{"GET /api/v1/products", 200, strings.Replace(reading, `"1"`, `W/"1"`, 1), list, "ETag"},
		{"GET /api/v1/products", 200, strings.Replace(reading, "json", "xml", 1), list, "not described"},
		{"GET /api/v1/products", 201, reading, list, "not listed"},
		{"GET /api/v1/products", 304, "ETag: \"1\"", list, "none is described"},
		{"GET /api/v1/products/x", 404, failed, missing, ""},
		{"GET /api/v1/products/x", 404, failed, `{"error":"no"}`, "missing properties"},
		{"GET /api/v1/products/x", 503, failed, missing, "Retry-After is missing"},
		{"GET /nowhere", 404, failed, `{}`, "missing properties"},
		{"GET /nowhere", 404, "Content-Type: text/plain", "404 page not found", "not described"},
		{"GET /nowhere", 200, reading, list, "not listed"},
		{"PATCH /api/v1/products", 405, failed, missing, "Allow is missing"},
		{"PATCH /api/v1/products", 405, failed + "\nAllow: GET, HEAD, POST", missing, ""},
		{"GET /api/v1/products%3Aexport", 200, "Content-Type: application/x-ndjson", "", ""},
		{"GET /api/v1/products:export", 200, "Content-Type: application/x-ndjson", "{}\n", "missing properties"},
		{"GET /api/v1/imports/x/errors", 200, "Content-Type: application/x-ndjson", `{"line":1,"sku":null,"errors":[{"pointer":"/sku","detail":"is empty"}]}` + "\n{", "EOF"},
	} {
		method, target, _ := strings.Cut(c.request, " ")
		response := &http.Response{StatusCode: c.status, Header: http.Header{}}
		for line := range strings.SplitSeq(c.header, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			response.Header.Set(name, value)
		}
		err := openAPIDocument().check(httptest.NewRequest(method, target, nil), response, []byte(c.body))
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %d %s: %v, want %q", c.request, c.status, c.body, err, c.wrong)
		}
	}
}
