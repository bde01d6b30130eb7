package main_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"catalog/contract"
)

// TestKeptListsAreWhatTheDatabaseSays: after each of many changes at random, by
// a seed, a task that keeps lists answers what one answers that keeps nothing.
func TestKeptListsAreWhatTheDatabaseSays(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	keeps, asks := d.serve(inAPlainTask, "1"), d.serve(inAPlainTask, "1", contract.EnvCacheBytes, "0")
	chance := rand.New(rand.NewPCG(7, 1))
	of := func(words ...string) string { return words[chance.IntN(len(words))] }
	for _, c := range []string{"kitchen", "garden"} {
		keeps.want(http.StatusCreated, "PUT", "/api/v1/categories/"+c, fmt.Sprintf(`{"name":%q}`, c))
	}
	paths := []string{products, products + "?limit=3", "/api/v1/categories", "/api/v1/categories/kitchen"}
	for _, query := range []string{
		"sort=name", "sort=-price", "sort=-updated_at", "q=kettle", "q=steel&sort=name", "category=kitchen", "category=garden&limit=2", "brand=Acme",
		"attr.colour=red", "price_gte=10", "price_lte=30&sort=-price", "in_stock=true", "in_stock=false", "facets=brand,category,price", "q=pot&facets=price",
		"total=exact&category=kitchen", "total=exact&in_stock=true", "sku=S-3", "fields=sku&sort=-updated_at", "limit=2&sort=-updated_at", "limit=1&q=kettle", "limit=1&sort=-price",
	} {
		paths = append(paths, products+"?"+query)
	}
	document := func(sku string) string {
		text, err := json.Marshal(map[string]any{
			"sku": sku, "name": of("Kettle", "Steel kettle", "Pot"), "brand": of("Acme", "Other"), "stock": chance.IntN(3),
			"category": of("kitchen", "garden"), "attributes": map[string]string{"colour": of("red", "blue")},
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var made []string
	for i := range 200 {
		path := ""
		if len(made) > 0 {
			path = of(made...)
		}
		what := chance.IntN(10)
		if len(made) < 5 {
			what = 0
		}
		switch what {
		case 0:
			made = append(made, keeps.want(http.StatusCreated, "POST", products, document(fmt.Sprintf("S-%d", i))).Header.Get("Location"))
		case 1:
			keeps.want(http.StatusNoContent, "DELETE", path, "", "If-Match", "*")
			made = strings.Split(strings.Trim(strings.Replace(" "+strings.Join(made, " ")+" ", " "+path+" ", " ", 1), " "), " ")
		default:
			patch := of(`{"stock":0}`, `{"stock":9}`, `{"stock":10}`, `{"price":null}`, `{"price":{"amount":"20","currency":"AUD"}}`,
				`{"price":{"amount":"40","currency":"AUD"}}`, `{"name":"Pot"}`, `{"brand":null}`, `{"category":"garden"}`, `{"category":"kitchen"}`,
				`{"attributes":{"colour":"red"}}`, `{"status":"archived"}`, `{"images":["https://images.example/a"]}`, `{"description":"steel"}`)
			keeps.want(http.StatusOK, "PATCH", path, patch, "If-Match", "*")
		}
		for _, p := range paths {
			if got, want := keeps.want(200, "GET", p, "").body, asks.want(200, "GET", p, "").body; string(got) != string(want) {
				shown, _ := url.QueryUnescape(p)
				t.Fatalf("after change %d (%d) GET %s answers\n%s\nand the database says\n%s", i, what, shown, got, want)
			}
		}
	}
}
