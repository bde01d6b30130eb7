package local

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestL2_PathPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		match   []string
		refuse  []string
	}{
		{"/api/*", []string{"/api/", "/api/v1", "/api/v1/products", "/api/a%2Fb"}, []string{"/api", "/API/v1", "/apis/", "/x/api/", "/", ""}},
		{"/health", []string{"/health"}, []string{"/health/", "/healthz", "/Health", "/api/health", "health"}},
		{"*", []string{"", "/", "/any/thing"}, nil},
		{"/a?c", []string{"/abc", "/a/c", "/a?c"}, []string{"/ac", "/abbc"}},
		{"/img/*.png", []string{"/img/.png", "/img/a/b.png", "/img/a.png.png"}, []string{"/img/a.png/", "/img/a.jpg"}},
		{"/*/x/*", []string{"/a/x/", "/a/b/x/c", "//x/x/"}, []string{"/x/", "/a/x"}},
		{"/a*b*c", []string{"/abc", "/abbcc", "/a--b--c"}, []string{"/acb", "/ab"}},
		{"", []string{""}, []string{"/"}},
	} {
		for _, path := range c.match {
			if !matchPattern(c.pattern, path) {
				t.Errorf("%q does not match %q", c.pattern, path)
			}
		}
		for _, path := range c.refuse {
			if matchPattern(c.pattern, path) {
				t.Errorf("%q matches %q", c.pattern, path)
			}
		}
	}
}

// The reference is a regular expression: slower, and obviously right.
func FuzzMatchPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"/api/*", "/api/v1"}, {"*a*b*", "xaxb"}, {"/a?c", "/abc"}, {"**", ""}, {"?*?", "ab"}, {"a*a*a*b", "aaaaaaaaaaaa"}, {".+[", ".+["},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if !isASCII(pattern) || !isASCII(path) {
			return // a path in a request line is ASCII
		}
		quoted := regexp.QuoteMeta(pattern)
		quoted = strings.NewReplacer(`\*`, `(?s:.*)`, `\?`, `(?s:.)`).Replace(quoted)
		if strings.Contains(pattern, `\`) {
			return // QuoteMeta's own backslashes would be taken for the pattern's
		}
		reference, err := regexp.Compile(`\A` + quoted + `\z`)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := matchPattern(pattern, path), reference.MatchString(path); got != want {
			t.Errorf("%q against %q: %v, want %v", pattern, path, got, want)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 })
}

// testListener has a rule for /api/* and /health that answers 200, a later one
// for everything below /api/old, and answers 404 by default.
func testListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{
		declared: declared{id: "Listener"}, balancer: &loadBalancer{declared: declared{id: "Balancer"}},
		fallback: &action{fixed: &fixedResponse{404, "application/json", `{"code":"no_such_path"}`}},
	}
	for priority, rule := range map[int]*listenerRule{
		10: pathRule("first", "/api/*", "/health"), 20: pathRule("second", "/api/old/*"), 5: pathRule("narrow", "/api/new/*"),
	} {
		rule.id, rule.priority = "Rule", priority
		if err := l.add(rule); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func pathRule(body string, patterns ...string) *listenerRule {
	rule := &listenerRule{action: &action{fixed: &fixedResponse{200, "text/plain", body}}}
	condition := ruleCondition{Field: "path-pattern"}
	condition.PathPatternConfig.Values = patterns
	rule.conditions = []ruleCondition{condition}
	return rule
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder
}

func TestL2_RulesByPriorityElseTheDefault(t *testing.T) {
	t.Parallel()
	l := testListener(t)
	for path, want := range map[string]string{
		"/api/v1": "first", "/api/v1?x=/health": "first", "/health": "first", "/health?verbose": "first",
		"/api/old/x": "first", // the second rule would match, but comes later
		"/api/new/x": "narrow",
	} {
		if got := get(l, path); got.Code != 200 || got.Body.String() != want {
			t.Errorf("%s: %d %s, want the rule %s", path, got.Code, got.Body, want)
		}
	}
	for _, path := range []string{"/", "/api", "/admin", "/?path=/api/v1", "/HEALTH"} {
		if got := get(l, path); got.Code != 404 {
			t.Errorf("%s: %d, want the default action's 404", path, got.Code)
		}
	}
}

func TestListenerTakesAPriorityOnce(t *testing.T) {
	t.Parallel()
	l := testListener(t)
	another := pathRule("another", "/another")
	another.priority = 10
	wantError(t, l.add(another), "priority 10 is taken by Rule")
	l.remove(l.rules[1])
	if err := l.add(another); err != nil {
		t.Errorf("the priority is not free after its rule went: %v", err)
	}
	if got := get(l, "/health"); got.Code != 404 {
		t.Errorf("a removed rule still answers %d", got.Code)
	}
}

func TestFixedResponse(t *testing.T) {
	t.Parallel()
	got := get(testListener(t), "/nowhere")
	if got.Code != 404 || got.Body.String() != `{"code":"no_such_path"}` {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	for header, want := range map[string]string{"Content-Type": "application/json", "Server": "awselb/2.0", "Content-Length": "23"} {
		if got.Header().Get(header) != want {
			t.Errorf("%s is %q, want %q", header, got.Header().Get(header), want)
		}
	}
}

// Blue-green deployment moves weights: 100/0 must mean all and none.
func TestL3_WeightedForward(t *testing.T) {
	t.Parallel()
	blue, green := newTestGroup(t, answering("blue")), newTestGroup(t, answering("green"))
	for _, g := range []*targetGroup{blue, green} {
		g.targets = []*target{{address: "target", health: targetHealthy}}
	}
	const requests = 2000
	for _, c := range []struct{ blue, green, least, most int }{
		{100, 0, requests, requests},
		{0, 100, 0, 0},
		{1, 1, requests * 40 / 100, requests * 60 / 100}, // 9 standard deviations
		{90, 10, requests * 83 / 100, requests * 97 / 100},
	} {
		a := &action{split: []weightedGroup{{blue, c.blue}, {green, c.green}}, total: c.blue + c.green}
		count := 0
		for range requests {
			if get(a, "/").Body.String() == "blue" {
				count++
			}
		}
		if count < c.least || count > c.most {
			t.Errorf("with weights %d/%d blue got %d of %d requests, want %d to %d", c.blue, c.green, count, requests, c.least, c.most)
		}
	}
	none := &action{split: []weightedGroup{{blue, 0}, {green, 0}}}
	if got := get(none, "/"); got.Code != 503 {
		t.Errorf("without any weight: %d, want 503", got.Code)
	}
}

func TestActionsThatTheLocalPlaceRefuses(t *testing.T) {
	t.Parallel()
	e := &Environment{}
	for want, properties := range map[string][]actionProperties{
		"it has 0 actions":                       nil,
		"it has 2 actions":                       {{Type: "forward"}, {Type: "forward"}},
		"its action redirect is not known":       {{Type: "redirect"}},
		"its action fixed-response is not known": {{Type: "fixed-response"}}, // without what to answer
		"it refers to arn:nobody":                {{Type: "forward", TargetGroupArn: "arn:nobody"}},
	} {
		_, err := newAction(e, &loadBalancer{}, properties)
		wantError(t, err, want)
	}
}
