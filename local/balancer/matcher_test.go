package balancer

import (
	"slices"
	"strings"
	"testing"
)

func TestParseMatcher(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Matcher{
		"200": {{200, 200}}, "200,202": {{200, 200}, {202, 202}}, "200-299": {{200, 299}}, "200-204,301": {{200, 204}, {301, 301}},
	} {
		got, err := ParseMatcher(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q gives %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "abc", "199", "500", "299-200", "200-", "-200", "200,,201", "200 "} {
		_, err := ParseMatcher(text)
		wantError(t, err, "its matcher is", "from 200 to 499")
	}
}

func FuzzParseMatcher(f *testing.F) {
	for _, seed := range []string{"200", "200,202", "200-299", "-", ",", "200-99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ranges, err := ParseMatcher(text)
		if err != nil {
			return
		}
		if len(ranges) != strings.Count(text, ",")+1 {
			t.Errorf("%q gives %v", text, ranges)
		}
		for _, r := range ranges {
			if r.From < 200 || r.To > 499 || r.From > r.To {
				t.Errorf("%q gives %v", text, r)
			}
		}
	})
}
