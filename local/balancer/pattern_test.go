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
		if got, want := matchPattern(pattern, path, false), reference.MatchString(path); got != want {
			t.Errorf("%q against %q: %v, want %v", pattern, path, got, want)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 })
}
