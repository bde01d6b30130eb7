package capacity

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"catalog/bench/measure"
)

// Shares of the mix in ten thousand, our assumption of a shop's traffic: the
// customer named none. Products are asked for by Zipf's law, so that few of
// them have most of the requests; stocks change far more often than products
// are made: at a million requests a minute a hundred are, besides imports.
const (
	whole                             = 10_000
	Lists, Searches, Creates, Changes = 2000, 700, 1, 199

	zipfExponent = 1.1
	drawn        = 1 << 16 // requests that are drawn, and then come again
)

// Says is the mix in words.
func Says() string {
	return fmt.Sprintf("%g %% gets by Zipf's law (exponent %.1f), %g %% lists of categories, %g %% searches, %g %% changes of stock, %g %% creates",
		percent(whole-Lists-Searches-Creates-Changes), zipfExponent, percent(Lists), percent(Searches), percent(Changes), percent(Creates))
}

func percent(share int) float64 { return 100 * float64(share) / whole }

// kinds are the mix's, with how each is made; a nil request is made when it is
// sent, since no two may be alike.
func kinds(of measure.Sampled, chance *rand.Rand, creates int) []kind {
	zipf := rand.NewZipf(chance, zipfExponent, 1, uint64(len(of.Products)-1))
	any := func(paths []string) []byte { return measure.Request(paths[chance.IntN(len(paths))]) }
	return []kind{
		{"get", whole - Lists - Searches - creates - Changes, func() []byte { return measure.Request(of.Products[zipf.Uint64()]) }},
		{"list", Lists, func() []byte { return any(of.Lists) }},
		{"search", Searches, func() []byte { return any(of.Searches) }},
		{"change", Changes, func() []byte {
			body := fmt.Sprintf(`{"stock":%d}`, chance.IntN(500))
			return measure.Write("PATCH", of.Products[chance.IntN(len(of.Products))], "application/merge-patch+json", []byte(body), "If-Match: *")
		}},
		{"create", creates, func() []byte { return nil }},
	}
}

type kind struct {
	name  string
	share int // of ten thousand
	draw  func() []byte
}

// Mix draws requests of all kinds, so many creates among ten thousand; the same
// seed draws the same.
func Mix(of measure.Sampled, creates int, seed uint64) measure.Source {
	chance := rand.New(rand.NewPCG(seed, 7))
	kinds := kinds(of, chance, creates)
	return source(chance, func() []byte {
		at := chance.IntN(whole)
		for _, k := range kinds {
			if at -= k.share; at < 0 {
				return k.draw()
			}
		}
		return nil
	})
}

// only draws requests of one kind.
func only(of measure.Sampled, name string, seed uint64) measure.Source {
	chance := rand.New(rand.NewPCG(seed, 7))
	kinds := kinds(of, chance, Creates)
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	return source(chance, kinds[i].draw)
}

func source(chance *rand.Rand, draw func() []byte) measure.Source {
	requests := make([][]byte, drawn)
	for i := range requests {
		requests[i] = draw()
	}
	salt := chance.Uint32()
	return func(worker, n int) []byte {
		if r := requests[(n+worker*drawn/16)%drawn]; r != nil {
			return r
		}
		return create(fmt.Sprintf("CAP-%08x-%d-%d", salt, worker, n))
	}
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
