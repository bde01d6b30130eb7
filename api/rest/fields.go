package rest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"catalog/api/catalog"
)

// productFields are the members of a product, in their order.
var productFields = func() []string {
	t := reflect.TypeFor[catalog.Product]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = t.Field(i).Tag.Get("json")
	}
	return names
}()

// pick keeps some members of a product's document, and its id.
func pick(document []byte, fields []string) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil {
		return nil, fmt.Errorf("a product's document cannot be read: %w", err)
	}
	picked := []byte{'{'}
	for _, name := range productFields {
		member, there := members[name] // a document may be older than a member
		if !there || name != "id" && !slices.Contains(fields, name) {
			continue
		}
		if len(picked) > 1 {
			picked = append(picked, ',')
		}
		picked = append(picked, `"`+name+`":`...)
		picked = append(picked, member...)
	}
	return append(picked, '}'), nil
}
