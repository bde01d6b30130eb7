package contend

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"catalog/bench/measure"
	"catalog/contract"
)

// operation is what contenders are asked for.
type operation struct {
	name, says string
	source     measure.Source
	// writes: those who have no database cannot.
	writes bool
}

// shares are those of the mix, in 20ths.
const (
	creates = 1
	lists   = 5
)

// Mix is the contenders' mix of reads and writes.
func Mix(products, categories []string) measure.Source {
	get, list := measure.InTurn(products), measure.InTurn(categories)
	return func(worker, n int) []byte {
		switch at := (n + worker) % 20; {
		case at < creates:
			return create(worker, n)
		case at < creates+lists:
			return list(worker, n)
		}
		return get(worker, n)
	}
}

// operations are made from what the catalog has.
func operations(products, categories []string) []operation {
	get, list, mix := measure.InTurn(products), measure.InTurn(categories), Mix(products, categories)
	return []operation{
		{name: "get", says: fmt.Sprintf("`GET /products/{id}`, of %d products in turn", len(products)), source: get},
		{name: "list", says: fmt.Sprintf("`GET /products?category=…&limit=20`, of %d categories in turn", len(categories)), source: list},
		{name: "create", says: "`POST /products`, a new product each time", source: create, writes: true},
		{name: "mix", says: fmt.Sprintf("%d %% gets, %d %% lists, %d %% creates", 100-(lists+creates)*5, lists*5, creates*5), source: mix, writes: true},
	}
}

var created atomic.Int64

// create is a product that no other is like.
func create(int, int) []byte {
	n := created.Add(1)
	body, err := json.Marshal(map[string]any{
		"sku": fmt.Sprintf("BENCH-%08d", n), "name": fmt.Sprintf("Stainless kettle no. %d", n), "brand": "Bench",
		"description": "A kettle of one litre and a half, with a lid that holds while it pours.",
		"price":       map[string]string{"amount": "39.50", "currency": "AUD"}, "stock": n % 50,
		"attributes": map[string]string{"colour": "steel", "litres": "1.5"},
	})
	if err != nil { // strings and numbers always can
		panic(err)
	}
	return measure.Write("POST", contract.APIBase+"/products", "application/json", body)
}
