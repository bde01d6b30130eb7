package rest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/google/uuid"

	"catalog/api/catalog"
)

// A cursor is base64url(tag || id || key): the position that the next page
// begins behind, and the first 16 bytes of HMAC-SHA-256 over it and the query
// it was made for. Clients cannot read a meaning into it, forge one, or carry
// it to other filters or another order.
const (
	tagSize = 16
	idSize  = len(uuid.UUID{})
)

// cursorKey holds a signing key per write token: the first one signs, any of
// them verifies, so that rotating a token does not break paging at once.
type cursorKey [][]byte

func newCursorKey(tokens []string) cursorKey {
	var keys cursorKey
	for _, t := range tokens {
		key, err := hkdf.Key(sha256.New, []byte(t), nil, "catalog cursor v2", sha256.Size)
		if err != nil { // only a length that SHA-256 cannot give fails
			panic(err)
		}
		keys = append(keys, key)
	}
	return keys
}

// cursorTag signs a position, whose length goes first so that it cannot run
// into the filters.
func cursorTag(key, position []byte, filters string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte{byte(len(position) >> 8), byte(len(position))})
	mac.Write(position)
	mac.Write([]byte(filters))
	return mac.Sum(nil)[:tagSize]
}

// encode makes the cursor behind a position.
func (k cursorKey) encode(p catalog.Position, filters string) string {
	position := append(p.ID[:len(p.ID):len(p.ID)], p.Key...)
	return base64.RawURLEncoding.EncodeToString(append(cursorTag(k[0], position, filters), position...))
}

// decode answers the position, or a 400 for a cursor that is not ours or was
// made for another query.
func (k cursorKey) decode(cursor, filters string) (*catalog.Position, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err == nil && len(raw) >= tagSize+idSize {
		position := raw[tagSize:]
		for _, key := range k {
			if hmac.Equal(raw[:tagSize], cursorTag(key, position, filters)) {
				return &catalog.Position{ID: uuid.UUID(position[:idSize]), Key: string(position[idSize:])}, nil
			}
		}
	}
	return nil, problem(http.StatusBadRequest, "bad_cursor",
		"cursor is not one of ours or was made for other filters: use next_cursor with the same filters, or start without one")
}
