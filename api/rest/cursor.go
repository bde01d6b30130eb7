package rest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/google/uuid"
)

// A cursor is base64url(position || tag): the id that the next page begins
// behind, and the first 16 bytes of HMAC-SHA-256 over it and the filters it
// was made for. Clients cannot read a meaning into it, forge one, or carry it
// to other filters.
const tagSize = 16

// cursorKey holds a signing key per write token: the first one signs, any of
// them verifies, so that rotating a token does not break paging at once.
type cursorKey [][]byte

func newCursorKey(tokens []string) cursorKey {
	var keys cursorKey
	for _, t := range tokens {
		key, err := hkdf.Key(sha256.New, []byte(t), nil, "catalog cursor v1", sha256.Size)
		if err != nil { // only a length that SHA-256 cannot give fails
			panic(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func cursorTag(key []byte, position uuid.UUID, filters string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(position[:])
	mac.Write([]byte(filters))
	return mac.Sum(nil)[:tagSize]
}

// encode makes the cursor behind a position.
func (k cursorKey) encode(position uuid.UUID, filters string) string {
	return base64.RawURLEncoding.EncodeToString(append(position[:], cursorTag(k[0], position, filters)...))
}

// decode answers the position, or a 400 for a cursor that is not ours or was
// made for other filters.
func (k cursorKey) decode(cursor, filters string) (uuid.UUID, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err == nil && len(raw) == len(uuid.UUID{})+tagSize {
		position := uuid.UUID(raw[:16])
		for _, key := range k {
			if hmac.Equal(raw[16:], cursorTag(key, position, filters)) {
				return position, nil
			}
		}
	}
	return uuid.UUID{}, problem(http.StatusBadRequest, "bad_cursor",
		"cursor is not one of ours or was made for other filters: use next_cursor with the same filters, or start without one")
}
