package flask_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"catalog/contract"
)

// step is one request of the core, sent to both workloads in its turn. {me} is
// a name that each of them has for itself, {id} the product that it has
// created, {cursor} the last cursor that it gave.
type step struct {
	method, path string
	body         string
	header       map[string]string
	// status is what both answer.
	status int
	// besides are the headers, and "detail", in which the two may differ.
	besides string
}

// held are the headers that a client sees and the contract names.
var held = []string{
	"Content-Type", "ETag", "Location", "Cache-Control", "Vary", "Allow", "WWW-Authenticate", "Retry-After", "Idempotency-Replayed",
}

// visitor sends steps to one workload.
type visitor struct {
	*server
	me         string
	id, cursor string
}

var cursorPattern = regexp.MustCompile(`"next_cursor":"([^"]+)"`)

// visit sends a step and answers it with what is the workload's own replaced.
func (v *visitor) visit(t *testing.T, s step) answer {
	t.Helper()
	fill := strings.NewReplacer("{me}", v.me, "{id}", v.id, "{cursor}", v.cursor)
	header := map[string]string{"Authorization": "Bearer " + writeToken}
	if s.body != "" {
		header["Content-Type"] = "application/json"
	}
	for name, value := range s.header {
		header[name] = fill.Replace(value)
	}
	a, err := v.ask(s.method, fill.Replace(s.path), header, fill.Replace(s.body))
	if err != nil {
		t.Fatalf("%s %s: %v", s.method, s.path, err)
	}
	if location := a.header.Get("Location"); strings.HasPrefix(location, products+"/") && a.status == 201 && v.id == "" {
		v.id = strings.TrimPrefix(location, products+"/")
	}
	if next := cursorPattern.FindSubmatch(a.body); next != nil {
		v.cursor = string(next[1])
	}
	return v.neutral(a)
}

var (
	idPattern    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
	timePattern  = regexp.MustCompile(`"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z"`)
	tracePattern = regexp.MustCompile(`"trace_id":"[^"]+"`)
)

// neutral replaces what no two servers can have in common.
func (v *visitor) neutral(a answer) answer {
	for name := range a.header {
		value := strings.ReplaceAll(a.header.Get(name), v.me, "{me}")
		a.header.Set(name, idPattern.ReplaceAllString(value, "{some id}"))
	}
	text := strings.ReplaceAll(string(a.body), v.me, "{me}")
	text = idPattern.ReplaceAllString(text, "{some id}")
	text = timePattern.ReplaceAllString(text, `"{some time}"`)
	text = tracePattern.ReplaceAllString(text, `"trace_id":"{some trace}"`)
	a.body = []byte(text)
	return a
}

// TestS1_BothWorkloadsAnswerTheCoreAlike: status, headers and JSON of the same
// requests, one after the other.
func TestS1_BothWorkloadsAnswerTheCoreAlike(t *testing.T) {
	t.Parallel()
	golang := &visitor{server: both.golang, me: "core-go"}
	flask := &visitor{server: both.flask, me: "core-fl"}
	for _, s := range coreSteps {
		a, b := golang.visit(t, s), flask.visit(t, s)
		name := s.method + " " + s.path + " " + s.body[:min(60, len(s.body))]
		if a.status != s.status || b.status != s.status {
			t.Errorf("%s: %d from Go and %d from Flask, want %d\n%s\n%s", name, a.status, b.status, s.status, a.body, b.body)
			continue
		}
		for _, h := range held {
			if a.header.Get(h) != b.header.Get(h) && !strings.Contains(s.besides, h) {
				t.Errorf("%s: %s is %q from Go and %q from Flask", name, h, a.header.Get(h), b.header.Get(h))
			}
		}
		if s.method == "HEAD" || s.status == 204 || s.status == 304 {
			if len(a.body)+len(b.body) > 0 {
				t.Errorf("%s has a body: %q and %q", name, a.body, b.body)
			}
			continue
		}
		if x, y := members(t, a, s.besides), members(t, b, s.besides); !reflect.DeepEqual(x, y) {
			t.Errorf("%s: the bodies differ\nGo    %s\nFlask %s", name, a.body, b.body)
		}
	}
}

// members is the body without what may differ: times of a process, cursors
// that hold an id, and what a step leaves out.
func members(t *testing.T, a answer, besides string) any {
	t.Helper()
	v := a.value(t)
	object, _ := v.(map[string]any)
	if _, isHealth := object["uptime_seconds"]; isHealth {
		delete(object, "uptime_seconds")
		delete(object, "version") // the program's
	}
	if object["next_cursor"] != nil {
		object["next_cursor"] = "{some cursor}"
	}
	if strings.Contains(besides, "detail") {
		delete(object, "detail")
		for _, one := range asList(object["errors"]) {
			delete(one, "detail")
		}
	}
	return v
}

func asList(v any) (objects []map[string]any) {
	list, _ := v.([]any)
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

const (
	categories = contract.APIBase + "/categories"
	unknownID  = "019ab3c2-f0a1-7d10-9b0e-55c0a7d1e2f3"
)
