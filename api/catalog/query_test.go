package catalog_test

import (
	"encoding/json"
	"testing"

	"catalog/api/catalog"
)

// TestFacetValueHasAllOfItsMembers: a client reads "lt" of the last range and
// finds null, and no range has a value.
func TestFacetValueHasAllOfItsMembers(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]catalog.FacetValue{
		`{"value":"Bilby","count":31}`:        {Value: "Bilby", Count: 31},
		`{"value":"","count":0}`:              {},
		`{"gte":"0","lt":"10","count":2}`:     {GTE: ptr("0"), LT: ptr("10"), Count: 2},
		`{"gte":"10000","lt":null,"count":1}`: {GTE: ptr("10000"), Count: 1},
	} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%+v is written %s, %v: want %s", v, got, err, want)
		}
	}
	inside, err := json.Marshal(map[string][]catalog.FacetValue{"price": {{GTE: ptr("50"), Count: 2}}})
	if want := `{"price":[{"gte":"50","lt":null,"count":2}]}`; err != nil || string(inside) != want {
		t.Errorf("%s, %v: want %s", inside, err, want)
	}
}
