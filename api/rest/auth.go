package rest

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// tokenSet holds the hashes of the tokens that may write. Comparing hashes of
// equal length takes the same time whatever the token is.
type tokenSet [][sha256.Size]byte

func newTokenSet(tokens []string) tokenSet {
	var set tokenSet
	for _, t := range tokens {
		set = append(set, sha256.Sum256([]byte(t)))
	}
	return set
}

func (set tokenSet) contains(token string) bool {
	hash := sha256.Sum256([]byte(token))
	found := 0
	for i := range set {
		found |= subtle.ConstantTimeCompare(set[i][:], hash[:])
	}
	return found == 1
}

// writer lets only requests with a valid bearer token through (RFC 6750).
func (s *Server) writer(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") && s.tokens.contains(strings.TrimSpace(token)) {
			return next(w, r)
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="catalog"`)
		return problem(http.StatusUnauthorized, "unauthorized",
			"writing needs a valid token: send Authorization: Bearer <write_token>")
	}
}
