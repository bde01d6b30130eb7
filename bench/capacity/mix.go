package capacity

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"

	"catalog/bench/measure"
)

// Shares of the mix in a thousand, our assumption of a shop's traffic: the
// customer named none. Products are asked for by Zipf's law, so that few of
// them have most of the requests.
const (
	Lists, Searches, Creates, Changes = 200, 70, 10, 10

	zipfExponent = 1.1
	drawn        = 1 << 16 // requests that are drawn, and then come again
)

// Says is the mix in words.
func Says() string {
	return fmt.Sprintf("%.0f %% gets by Zipf's law (exponent %.1f), %.0f %% lists of categories, %.0f %% searches, %.0f %% creates, %.0f %% changes of stock",
		float64(1000-Lists-Searches-Creates-Changes)/10, zipfExponent, Lists/10.0, Searches/10.0, Creates/10.0, Changes/10.0)
}

// Mix draws requests from what the catalog has; the same seed draws the same.
func Mix(products, lists []string, names []string, seed uint64) measure.Source {
	chance := rand.New(rand.NewPCG(seed, 7))
	zipf := rand.NewZipf(chance, zipfExponent, 1, uint64(len(products)-1))
	requests := make([][]byte, drawn)
	for i := range requests {
		switch at := chance.IntN(1000); {
		case at < Lists:
			requests[i] = measure.Request(lists[chance.IntN(len(lists))])
		case at < Lists+Searches:
			requests[i] = measure.Request(measure.ProductsPath + "?limit=20&q=" + url.QueryEscape(words(names[chance.IntN(len(names))])))
		case at < Lists+Searches+Creates:
			requests[i] = nil // made when it is sent: no two may be alike
		case at < Lists+Searches+Creates+Changes:
			body := fmt.Sprintf(`{"stock":%d}`, chance.IntN(500))
			path := products[chance.IntN(len(products))]
			requests[i] = measure.Write("PATCH", path, "application/merge-patch+json", []byte(body), "If-Match: *")
		default:
			requests[i] = measure.Request(products[zipf.Uint64()])
		}
	}
	salt := chance.Uint32()
	return func(_, n int) []byte {
		if r := requests[n%drawn]; r != nil {
			return r
		}
		return create(fmt.Sprintf("CAP-%08x-%d", salt, n))
	}
}

// words are two of a name: what somebody may search for.
func words(name string) string {
	all := strings.Fields(name)
	return strings.Join(all[:min(2, len(all))], " ")
}

func create(sku string) []byte {
	body, err := json.Marshal(map[string]any{
		"sku": sku, "name": "Travel mug " + sku, "brand": "Bench", "price": map[string]string{"amount": "24.95", "currency": "AUD"}, "stock": 12,
		"description": "Keeps tea hot for a morning.", "attributes": map[string]string{"colour": "green"},
	})
	if err != nil { // strings and numbers always can
		panic(err)
	}
	return measure.Write("POST", measure.ProductsPath, "application/json", body)
}
