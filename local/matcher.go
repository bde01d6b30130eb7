package local

import (
	"fmt"
	"strconv"
	"strings"
)

// statusRange is a range of HTTP status codes, both ends in it.
type statusRange struct{ from, to int }

// parseMatcher reads codes like "200", "200,202" or "200-299" (AWS: Matcher).
func parseMatcher(text string) ([]statusRange, error) {
	var ranges []statusRange
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
		ranges = append(ranges, statusRange{from, to})
	}
	return ranges, nil
}
