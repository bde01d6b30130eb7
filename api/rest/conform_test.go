package rest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"catalog/api/catalog"
)

// conform holds a response to what openapi.yaml says of its operation: the
// status is listed, required headers are there, and type and body are as
// described. What is not described at all must be answered by a problem.
func conform(t *testing.T, request *http.Request, response *http.Response, body []byte) {
	t.Helper()
	if err := openAPIDocument().check(request, response, body); err != nil {
		t.Errorf("against openapi.yaml: %s %.80s: %d: %v", request.Method, request.URL.RequestURI(), response.StatusCode, err)
	}
}

// node is an object of the document.
type node = map[string]any

// openAPI is the document and the schemas of it that were asked for.
type openAPI struct {
	root     node
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// openAPIDocument is read once for all tests of the process.
var openAPIDocument = sync.OnceValue(func() *openAPI {
	var document any
	source, err := os.ReadFile("openapi.yaml")
	must(err)
	must(yaml.Unmarshal(source, &document))
	text, err := json.Marshal(document) // so that its numbers are what a body's are
	must(err)
	document, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(err)
	o := &openAPI{root: document.(node), compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	o.compiler.DefaultDraft(jsonschema.Draft2020)
	o.compiler.AssertFormat()
	must(o.compiler.AddResource("openapi.json", document))
	return o
})

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// place is where something stands in the document.
type place []string

func (p place) at(names ...string) place { return append(slices.Clip(p), names...) }

func (p place) String() string {
	var b strings.Builder
	b.WriteByte('#')
	for _, name := range p {
		b.WriteString("/" + catalog.PointerToken(name))
	}
	return b.String()
}

// get is the object at a place, nil where there is none, with the place that
// a $ref there leads to.
func (o *openAPI) get(p place) (node, place) {
	var at any = o.root
	for _, name := range p {
		switch in := at.(type) {
		case node:
			at = in[name]
		case []any:
			i, _ := strconv.Atoi(name)
			at = in[i]
		}
	}
	found, _ := at.(node)
	if ref, ok := found["$ref"].(string); ok {
		return o.get(strings.Split(strings.TrimPrefix(ref, "#/"), "/"))
	}
	return found, p
}

// operation is the place of what answers a request, nil where the document
// has none. HEAD is answered as GET is.
func (o *openAPI) operation(r *http.Request) place {
	method := strings.ToLower(r.Method)
	if method == "head" {
		method = "get"
	}
	given := strings.Split(r.URL.EscapedPath(), "/")
	for path, item := range o.root["paths"].(node) {
		if _, ok := item.(node)[method]; ok && slices.EqualFunc(given, strings.Split(path, "/"), segmentMatches) {
			return place{"paths", path, method}
		}
	}
	return nil
}

func segmentMatches(given, described string) bool {
	if strings.HasPrefix(described, "{") {
		return given != "" && given != "." && given != ".."
	}
	plain, err := url.PathUnescape(given)
	return err == nil && plain == described
}

// check says what is wrong with a response.
func (o *openAPI) check(request *http.Request, response *http.Response, body []byte) error {
	operation := o.operation(request)
	where := operation.at("responses", strconv.Itoa(response.StatusCode))
	if operation == nil { // no such path or method
		name := map[int]string{404: "NotFound", 405: "MethodNotAllowed", 414: "URLTooLong"}[response.StatusCode]
		where = place{"components", "responses", name}
	}
	described, where := o.get(where)
	if described == nil {
		return errors.New("the status is not listed at " + where.String())
	}
	if err := o.checkHeaders(where, response.Header); err != nil {
		return err
	}
	return o.checkBody(where, request, response, body)
}

func (o *openAPI) checkHeaders(response place, given http.Header) error {
	described, _ := o.get(response.at("headers"))
	for name := range described {
		header, where := o.get(response.at("headers", name))
		values, present := given[http.CanonicalHeaderKey(name)]
		if !present {
			if header["required"] == true {
				return fmt.Errorf("the header %s is missing", name)
			}
			continue
		}
		var value any = strings.Join(values, ", ")
		if schema, _ := o.get(where.at("schema")); schema["type"] == "integer" {
			value = json.Number(values[0])
		}
		if err := o.validate(where.at("schema"), value); err != nil {
			return fmt.Errorf("the header %s: %s: %w", name, value, err)
		}
	}
	return nil
}

func (o *openAPI) checkBody(where place, request *http.Request, response *http.Response, body []byte) error {
	content, _ := o.get(where.at("content"))
	if content == nil {
		if len(body) > 0 {
			return fmt.Errorf("a body where none is described: %.200s", body)
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if _, ok := content[media]; err != nil || !ok {
		return fmt.Errorf("Content-Type %q is not described", response.Header.Get("Content-Type"))
	}
	if request.Method == http.MethodHead || response.Header.Get("Content-Encoding") != "" {
		return nil // nothing to read, or to be read only after decoding
	}
	if err := o.validateText(where.at("content", media, "schema"), media, string(body)); err != nil {
		return fmt.Errorf("%w: %.300s", err, body)
	}
	if where[1] == "/api/v1/products" && media == "application/json" && !request.URL.Query().Has("fields") {
		return o.checkWhole(body)
	}
	return nil
}

// checkWhole: where no fields were asked for, the items are whole products. A
// schema cannot say that, since it does not see the request.
func (o *openAPI) checkWhole(body []byte) error {
	list, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	items, _ := list.(node)["items"].([]any)
	for _, item := range items {
		if err := o.validate(place{"components", "schemas", "Product"}, item); err != nil {
			return fmt.Errorf("an item, %w", err)
		}
	}
	return nil
}
