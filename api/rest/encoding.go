package rest

import (
	"net/http"
	"strconv"
	"strings"
)

// accepted is the content coding that a client takes and that is the smallest:
// "zstd", "gzip" or "" (RFC 9110, section 12.5.3).
func accepted(h http.Header) string {
	values := h["Accept-Encoding"]
	if len(values) == 0 {
		return ""
	}
	switch values[0] { // what most clients send costs nothing to read
	case "gzip", "gzip, deflate", "gzip, deflate, br":
		return "gzip"
	case "gzip, deflate, br, zstd":
		return "zstd"
	}
	quality := map[string]float64{}
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			q := 1.0
			if weight, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "q="); ok {
				var err error
				if q, err = strconv.ParseFloat(weight, 64); err != nil {
					q = 0
				}
			}
			quality[strings.ToLower(strings.TrimSpace(name))] = q
		}
	}
	best, coding := 0.0, ""
	for _, name := range []string{"zstd", "gzip"} {
		q, named := quality[name]
		if !named {
			q = quality["*"]
		}
		if q > best {
			best, coding = q, name
		}
	}
	return coding
}
