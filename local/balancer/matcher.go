package balancer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Matcher are the statuses that pass a health check.
type Matcher []StatusRange

// StatusRange is a range of HTTP status codes, both ends in it.
type StatusRange struct{ From, To int }

// ParseMatcher reads codes like "200", "200,202" or "200-299", each from 200
// to 499 (AWS: Matcher).
func ParseMatcher(text string) (Matcher, error) {
	var ranges Matcher
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil || from < 200 || to > 499 || from > to {
			return nil, fmt.Errorf("its matcher is %q: it must be codes from 200 to 499 like 200, 200,202 or 200-299", text)
		}
		ranges = append(ranges, StatusRange{from, to})
	}
	return ranges, nil
}

// Matches says whether a status is in one of the ranges.
func (m Matcher) Matches(status int) bool {
	return slices.ContainsFunc(m, func(r StatusRange) bool { return status >= r.From && status <= r.To })
}
