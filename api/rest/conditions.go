package rest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"catalog/api/catalog"
)

// etag is a product's strong entity tag (RFC 9110, section 8.8.3).
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// tags reads the entity tags of an If-Match or If-None-Match header, "*" being
// one, without their quotes and without the name of a coding behind them: each
// coding is of the same version. What is no entity tag ends the list.
func tags(header []string, weak bool) []string {
	var all []string
	for _, rest := range header {
		for {
			rest = strings.TrimLeft(rest, " \t,")
			if rest == "*" {
				return append(all, "*")
			}
			tag, isWeak := strings.CutPrefix(rest, "W/")
			opaque, ok := strings.CutPrefix(tag, `"`)
			if !ok {
				break
			}
			if opaque, rest, ok = strings.Cut(opaque, `"`); !ok {
				break
			}
			if isWeak && !weak {
				continue
			}
			for _, coding := range []string{"-gzip", "-zstd"} {
				opaque = strings.TrimSuffix(opaque, coding)
			}
			all = append(all, opaque)
		}
	}
	return all
}

// matches says whether an If-None-Match names a representation: by weak
// comparison (RFC 9110, section 13.1.2).
func matches(header []string, tag string) bool {
	for _, t := range tags(header, true) {
		if t == tag || t == "*" {
			return true
		}
	}
	return false
}

// expected reads If-Match, which every change of a product needs, and answers
// a check of the version that is there: by strong comparison (RFC 9110,
// section 13.1.1).
func expected(r *http.Request) (func(version int64) error, error) {
	header := r.Header.Values("If-Match")
	if len(header) == 0 {
		return nil, problem(http.StatusPreconditionRequired, "precondition_required",
			"changing a product needs If-Match with the ETag that you read, so that nobody's change is lost: read it, and send the change again")
	}
	wanted := tags(header, false)
	return func(version int64) error {
		for _, t := range wanted {
			if t == "*" || t == strconv.FormatInt(version, 10) {
				return nil
			}
		}
		return problem(http.StatusPreconditionFailed, "precondition_failed",
			fmt.Sprintf(`the product is at ETag "%d" by now: read it, and decide again`, version))
	}, nil
}

// idempotencyKey reads the key that makes a repeat of a request safe, nil
// where there is none. The request's hash is over everything it asks for.
func idempotencyKey(r *http.Request, hash [32]byte) (*catalog.IdempotencyKey, error) {
	given := r.Header.Values("Idempotency-Key")
	if len(given) == 0 {
		return nil, nil
	}
	key := given[0]
	ok := len(given) == 1 && len(key) >= 1 && len(key) <= 255
	for i := range len(key) {
		ok = ok && key[i] > ' ' && key[i] < 0x7f
	}
	if !ok {
		return nil, problem(http.StatusBadRequest, "bad_header", "Idempotency-Key must be one key of 1 to 255 visible ASCII characters, such as a UUID")
	}
	return &catalog.IdempotencyKey{Key: key, Request: hash}, nil
}
