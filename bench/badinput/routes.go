package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// route is one operation of the API's contract. What the contract gains is
// tried without a word here.
type route struct {
	method, path string
	queries      []parameter
	pathValues   []string // examples of the one in the path
	writes       bool     // needs the token
	media        []string // of its body; none has none
	bodies       []any    // examples: a document, or the text of a feed
}

// parameter is one of a query, with values that are taken.
type parameter struct {
	name  string
	valid []string
}

// specification is the part of openapi.yaml that says what is asked for.
type specification struct {
	Paths      map[string]map[string]yaml.Node
	Components struct {
		Parameters map[string]declaredParameter
		Examples   map[string]example
	}
}

type operation struct {
	Parameters  []declaredParameter
	Security    []map[string][]string
	RequestBody struct {
		Content map[string]struct{ Examples map[string]example }
	} `yaml:"requestBody"`
}

type declaredParameter struct {
	Ref      string `yaml:"$ref"`
	Name, In string
	Schema   struct {
		Type    any
		Enum    []string
		Default any
		Items   struct{ Enum []string }
	}
	Examples map[string]example
}

type example struct {
	Ref   string `yaml:"$ref"`
	Value any
}

const specificationFile = "api/rest/openapi.yaml"

func readRoutes() ([]route, error) {
	content, err := os.ReadFile(specificationFile)
	if err != nil {
		return nil, fmt.Errorf("the API's contract cannot be read: %w: run this at the root of the checkout", err)
	}
	var s specification
	if err := yaml.Unmarshal(content, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", specificationFile, err)
	}
	var all []route
	for path, methods := range s.Paths {
		var shared []declaredParameter
		if node, ok := methods["parameters"]; ok {
			if err := node.Decode(&shared); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", specificationFile, path, err)
			}
		}
		for method, node := range methods {
			if method == "parameters" {
				continue
			}
			var o operation
			if err := node.Decode(&o); err != nil {
				return nil, fmt.Errorf("%s: %s %s: %w", specificationFile, method, path, err)
			}
			o.Parameters = append(o.Parameters, shared...)
			all = append(all, s.route(strings.ToUpper(method), path, o))
		}
	}
	slices.SortFunc(all, func(a, b route) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	if len(all) < 10 {
		return nil, fmt.Errorf("%s names only %d operations", specificationFile, len(all))
	}
	return all, nil
}

func (s specification) route(method, path string, o operation) route {
	r := route{method: method, path: path, writes: len(o.Security) > 0}
	for _, p := range o.Parameters {
		if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
			p = s.Components.Parameters[name]
		}
		switch p.In {
		case "query":
			r.queries = append(r.queries, parameter{p.Name, s.valid(p)})
		case "path":
			r.pathValues = append(r.pathValues, s.valid(p)...)
		}
	}
	for media, content := range o.RequestBody.Content {
		r.media = append(r.media, media)
		for _, e := range content.Examples {
			r.bodies = append(r.bodies, s.example(e))
		}
	}
	slices.Sort(r.media)
	slices.SortFunc(r.bodies, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return r
}

// valid are values of a parameter that the contract names.
func (s specification) valid(p declaredParameter) []string {
	values := slices.Concat(p.Schema.Enum, p.Schema.Items.Enum)
	if p.Schema.Default != nil {
		values = append(values, fmt.Sprint(p.Schema.Default))
	}
	for _, e := range p.Examples {
		switch v := s.example(e).(type) {
		case string:
			values = append(values, v)
		case []any:
			values = append(values, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(v)), ","), "[]"))
		}
	}
	slices.Sort(values)
	return append(values, "1", "true")
}

func (s specification) example(e example) any {
	if name, ok := strings.CutPrefix(e.Ref, "#/components/examples/"); ok {
		e = s.Components.Examples[name]
	}
	return e.Value
}

// text is an example body as it is sent.
func text(body any) []byte {
	if feed, ok := body.(string); ok {
		return []byte(feed)
	}
	document, err := json.Marshal(body)
	if err != nil { // it came from YAML without anchors
		return nil
	}
	return document
}
