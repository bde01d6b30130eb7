package flask_test

import (
	"strings"

	"catalog/contract"
)

func with(name, value string) map[string]string { return map[string]string{name: value} }

const full = `{"sku":"{me}-1","gtin":"9312345678907","name":" Steel kettle ☕ ","description":"Boils.","brand":"Bilby",` +
	`"category":"{me}/kettles","attributes":{"colour":"silver"},"images":["https://images.example/1.jpg"],` +
	`"price":{"amount":"64.9","currency":"AUD"},"stock":12,"status":"draft"}`

// coreSteps are the core in an order in which each finds what it needs.
var coreSteps = []step{
	{method: "GET", path: "/health", status: 200},
	{method: "HEAD", path: "/health", status: 200},
	{method: "POST", path: "/health", status: 405},

	// Categories.
	{method: "PUT", path: categories + "/{me}", body: `{"name":"Kitchen"}`, status: 201},
	{method: "PUT", path: categories + "/{me}", body: `{"name":" Kitchen "}`, status: 200},
	{method: "PUT", path: categories + "/{me}%2Fkettles", body: `{"name":"Kettles","parent_id":"{me}"}`, status: 201},
	{method: "PUT", path: categories + "/{me}", body: `{"name":"K","parent_id":"{me}"}`, status: 422},
	{method: "PUT", path: categories + "/{me}", body: `{"name":"K","parent_id":"{me}/kettles"}`, status: 422},
	{method: "PUT", path: categories + "/{me}", body: `{"name":"K","parent_id":"{me}/none"}`, status: 422},
	{method: "PUT", path: categories + "/{me}", body: `{"name":"","parent":"x"}`, status: 422},
	{method: "PUT", path: categories + "/{me}", body: `{"name":""}`, status: 422},
	{method: "PUT", path: categories + "/{me}", body: `{"name":7}`, status: 422},
	{method: "PUT", path: categories + "/{me}", body: `{"name":"K"}`, header: with("Authorization", "Bearer wrong"), status: 401},
	{method: "GET", path: categories + "/{me}%2Fkettles", status: 200, besides: "ETag"},
	{method: "GET", path: categories + "/{me}-none", status: 404},
	{method: "GET", path: categories + "?limit=1", status: 400},

	// Creating products.
	{method: "POST", path: products, body: full, status: 201},
	{method: "POST", path: products, body: full, status: 409},
	{method: "POST", path: products, body: `{"sku":"{me}-2","name":"Kettle, plain","category":"{me}","price":null,"stock":null}`, status: 201},
	{method: "POST", path: products, body: `{"sku":"{me}-3","name":"Cup","category":"{me}/kettles","price":{"amount":"1500","currency":"JPY"}}`, status: 201},
	{method: "POST", path: products, body: full, header: with("Authorization", ""), status: 401},
	{method: "POST", path: products, body: full, header: with("Authorization", "Bearer wrong"), status: 401},
	{method: "POST", path: products, body: full, header: with("Authorization", "Basic "+writeToken), status: 401},
	{method: "POST", path: products, body: full, header: with("Content-Type", "text/plain"), status: 415},
	{method: "POST", path: products, body: `{}`, status: 422},
	{method: "POST", path: products, body: `null`, status: 422},
	{method: "POST", path: products, body: `[]`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","colour":"red"}`, status: 422},
	{method: "POST", path: products, body: `{"SKU":"x","name":"x"}`, status: 422},
	{method: "POST", path: products, body: `{"sku":7,"name":"x"}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","stock":"7"}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","stock":1.5}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","price":{"amount":"1"}}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","price":{"amount":"1.234","currency":"AUD"}}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","price":{"amount":1,"currency":"AUD"}}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","price":{"value":"1","currency":"AUD"}}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","category":"{me}/none"}`, status: 422},
	{method: "POST", path: products, body: `{"sku":"x","name":"x","images":[1]}`, status: 422, besides: "detail"},
	{
		method: "POST", path: products, status: 422,
		body: `{"sku":" x","name":"` + strings.Repeat("я", 501) + `","gtin":"123","stock":-1,"status":"gone","brand":"a\u0000b","attributes":{"":"x","a/b~":"\u0007"}}`,
	},
	{method: "POST", path: products, body: `{"sku":`, status: 400, besides: "detail"},
	{method: "POST", path: products, body: `{"sku":NaN}`, status: 400, besides: "detail"},
	{method: "POST", path: products, body: ` `, status: 400},
	{method: "POST", path: products + "?dry_run=true", body: full, status: 400},
	{method: "POST", path: products, body: `{"sku":"` + strings.Repeat("x", 1<<20) + `"}`, status: 413},

	// A POST that is repeated.
	{method: "POST", path: products, body: `{"sku":"{me}-k","name":"Key"}`, header: with("Idempotency-Key", "{me}"), status: 201},
	{method: "POST", path: products, body: `{"sku":"{me}-k","name":"Key"}`, header: with("Idempotency-Key", "{me}"), status: 201},
	{method: "POST", path: products, body: `{"sku":"{me}-l","name":"Key"}`, header: with("Idempotency-Key", "{me}"), status: 422},
	{method: "POST", path: products, body: `{"sku":"{me}-l","name":"Key"}`, header: with("Idempotency-Key", "two words"), status: 400},

	// Reading them.
	{method: "GET", path: products + "/{id}", status: 200},
	{method: "HEAD", path: products + "/{id}", status: 200},
	{method: "GET", path: products + "/{id}", header: with("If-None-Match", `"1"`), status: 304},
	{method: "GET", path: products + "/{id}", header: with("If-None-Match", `W/"1-gzip", "7"`), status: 304},
	{method: "GET", path: products + "/{id}", header: with("If-None-Match", `"2"`), status: 200},
	{method: "GET", path: products + "/{id}?fields=sku", status: 400, besides: "detail"},
	{method: "GET", path: products + "/" + unknownID, status: 404},
	{method: "GET", path: products + "/" + strings.ToUpper(unknownID), status: 404},
	{method: "GET", path: products + "/7", status: 404},
	{method: "GET", path: products + "?category={me}&limit=2", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?category={me}&limit=2&cursor={cursor}", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?category={me}&cursor={cursor}x", status: 400},
	{method: "GET", path: products + "?category={me}%2Fkettles&cursor={cursor}", status: 400},
	{method: "GET", path: products + "?category={me}-none", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?sku={me}-2", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?q=kettle&category={me}", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?q=kettle&category={me}&limit=1", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?q=kettle&category={me}&limit=1&cursor={cursor}", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?q=ketle&category={me}", status: 200, besides: "ETag"},
	{method: "GET", path: products + "?limit=0", status: 400},
	{method: "GET", path: products + "?limit=101", status: 400},
	{method: "GET", path: products + "?limit=many", status: 400},
	{method: "GET", path: products + "?limit=1&limit=2", status: 400},
	{method: "GET", path: products + "?colour=red", status: 400, besides: "detail"},
	{method: "GET", path: products + "?q=a%00b", status: 400},
	{method: "GET", path: products + "?sku=" + strings.Repeat("x", 9000), status: 414},

	// Changing them.
	{method: "PUT", path: products + "/{id}", body: full, status: 428},
	{method: "PUT", path: products + "/{id}", body: full, header: with("If-Match", "1"), status: 400},
	{method: "PUT", path: products + "/{id}", body: full, header: with("If-Match", `"7"`), status: 412},
	{method: "PUT", path: products + "/{id}", body: full, header: with("If-Match", `W/"1"`), status: 412},
	{method: "PUT", path: products + "/{id}", body: `{"sku":"{me}-1","name":""}`, header: with("If-Match", `"1"`), status: 422},
	{method: "PUT", path: products + "/{id}", body: `{"sku":"{me}-2","name":"x"}`, header: with("If-Match", `"1"`), status: 409},
	{method: "PUT", path: products + "/{id}", body: full, header: with("If-Match", `"1-gzip"`), status: 200},
	{method: "PUT", path: products + "/{id}", body: `{"sku":"{me}-1","name":"x","category":"{me}"}`, header: with("If-Match", `*`), status: 200},
	{method: "PUT", path: products + "/" + unknownID, body: full, header: with("If-Match", `"1"`), status: 404},
	{method: "PUT", path: products + "/{id}", body: full, header: with("Authorization", ""), status: 401},

	// Removing.
	{method: "DELETE", path: categories + "/{me}", status: 409},
	{method: "DELETE", path: products + "/{id}", status: 428},
	{method: "DELETE", path: products + "/{id}", header: with("If-Match", `"1"`), status: 412},
	{method: "DELETE", path: products + "/{id}", header: with("If-Match", `"3"`), status: 204},
	{method: "DELETE", path: products + "/{id}", header: with("If-Match", `"3"`), status: 404},
	{method: "GET", path: products + "/{id}", status: 404},
	{method: "DELETE", path: categories + "/{me}-none", status: 404},

	// What is not there.
	{method: "GET", path: contract.APIPrefix + "nothing/here", status: 404},
	{method: "GET", path: "/", status: 404},
	{method: "GET", path: "/health/", status: 404},
	{method: "GET", path: products + "/", status: 404},
	{method: "GET", path: products + "/" + unknownID + "/", status: 404},
	{method: "GET", path: products + "/" + unknownID + "/reviews", status: 404},
	{method: "GET", path: categories + "/", status: 404},
	{method: "HEAD", path: products + "?sku={me}-2", status: 200, besides: "ETag"},
	{method: "HEAD", path: products + "/" + unknownID, status: 404},
	{method: "BREW", path: products, status: 405},
	{method: "DELETE", path: products, status: 405},
	{method: "OPTIONS", path: products, status: 405},
	{method: "PATCH", path: categories + "/{me}", body: `{}`, status: 405},
}
