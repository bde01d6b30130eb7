package balancer

import (
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
		{`v\*`, []string{"v*"}, []string{"v1", "v", `v\*`}},
		{`what\?*`, []string{"what?", "what?x"}, []string{"whats", "what"}},
		{`*\*`, []string{"*", "a*", "**"}, []string{"", "a"}},
		{`a\b\`, []string{`a\b\`}, []string{"ab"}},
	} {
		for _, path := range c.match {
			if !matchPattern(c.pattern, path, false) {
				t.Errorf("%q does not match %q", c.pattern, path)
			}
		}
		for _, path := range c.refuse {
			if matchPattern(c.pattern, path, false) {
				t.Errorf("%q matches %q", c.pattern, path)
			}
		}
	}
}

// The reference is a regular expression: slower, and obviously right.
func FuzzMatchPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"/api/*", "/api/v1"}, {"*a*b*", "xaxb"}, {"/a?c", "/abc"}, {"**", ""}, {"?*?", "ab"}, {"a*a*a*b", "aaaaaaaaaaaa"}, {".+[", ".+["}, {`v\**\?`, "v*x?"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if !isASCII(pattern) || !isASCII(path) {
			return // a path in a request line is ASCII
		}
		// The first that fits is taken, from the left.
		pairs := []string{`\*`, `\*`, `\?`, `\?`, `*`, `(?s:.*)`, `?`, `(?s:.)`}
		for _, c := range `\.+()|[]{}^$` {
			pairs = append(pairs, string(c), regexp.QuoteMeta(string(c)))
		}
		reference, err := regexp.Compile(`\A` + strings.NewReplacer(pairs...).Replace(pattern) + `\z`)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := matchPattern(pattern, path, false), reference.MatchString(path); got != want {
			t.Errorf("%q against %q: %v, want %v", pattern, path, got, want)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 })
}
