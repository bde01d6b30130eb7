package rest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"catalog/api/catalog"
)

// etag is a product's strong entity tag (RFC 9110, section 8.8.3).
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// entityTag is one of an If-Match or If-None-Match header, without its quotes.
type entityTag struct {
	opaque string
	weak   bool
}

// entityTags reads such a header: entity tags with commas between them, or "*"
// alone, which is any. Of what is neither, none is ok.
func entityTags(header []string) (tags []entityTag, star, ok bool) {
	rest := strings.Trim(strings.Join(header, ","), " \t")
	if rest == "*" {
		return nil, true, true
	}
	for {
		rest = strings.TrimLeft(rest, " \t,") // an element may be empty (RFC 9110, section 5.6.1)
		if rest == "" {
			return tags, false, len(tags) > 0
		}
		var tag entityTag
		rest, tag.weak = strings.CutPrefix(rest, "W/")
		if rest, ok = strings.CutPrefix(rest, `"`); !ok {
			return nil, false, false
		}
		if tag.opaque, rest, ok = strings.Cut(rest, `"`); !ok || strings.ContainsFunc(tag.opaque, isNoTagCharacter) {
			return nil, false, false
		}
		tags = append(tags, tag)
		if rest = strings.TrimLeft(rest, " \t"); rest != "" && rest[0] != ',' {
			return nil, false, false
		}
	}
}

func isNoTagCharacter(r rune) bool { return r <= ' ' || r == 0x7f }

// plain is the tag without the name of a coding behind it: each coding is of
// the same version.
func (t entityTag) plain() string {
	for _, coding := range []string{"-gzip", "-zstd"} {
		if plain, ok := strings.CutSuffix(t.opaque, coding); ok {
			return plain
		}
	}
	return t.opaque
}

// matches says whether an If-None-Match names a representation: by weak
// comparison (RFC 9110, section 13.1.2).
func matches(header []string, tag string) bool {
	if len(header) == 1 && len(header[0]) == len(tag)+2 && header[0][1:len(tag)+1] == tag {
		return header[0][0] == '"' && header[0][len(tag)+1] == '"' // as most clients ask, for nothing
	}
	tags, star, _ := entityTags(header)
	return star || slices.ContainsFunc(tags, func(t entityTag) bool { return t.plain() == tag })
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
	tags, star, ok := entityTags(header)
	if !ok {
		return nil, problem(http.StatusBadRequest, "bad_header", `If-Match must be ETags with their quotes, such as "3", or *`)
	}
	return func(version int64) error {
		wanted := strconv.FormatInt(version, 10)
		if star || slices.ContainsFunc(tags, func(t entityTag) bool { return !t.weak && t.plain() == wanted }) {
			return nil
		}
		return problem(http.StatusPreconditionFailed, "precondition_failed",
			fmt.Sprintf(`the product is at ETag "%d" by now: read it, and decide again`, version))
	}, nil
}

// idempotencyKey reads the key that makes a repeat of a request safe, nil
// where there is none. Its hash, over everything that the request asks for, is
// the caller's to set.
func idempotencyKey(r *http.Request) (*catalog.IdempotencyKey, error) {
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
	return &catalog.IdempotencyKey{Key: key}, nil
}
