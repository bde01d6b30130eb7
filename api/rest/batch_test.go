package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"catalog/api/catalog"
)

func batch(ids ...string) string {
	text, err := json.Marshal(map[string][]string{"ids": ids})
	must(err)
	return string(text)
}

// TestBatchAnswersInTheOrderAsked, what is kept and what is not alike.
func TestBatchAnswersInTheOrderAsked(t *testing.T) {
	t.Parallel()
	store := &memoryStore{}
	d := keeping(t, store, 1<<20)
	var ids []string
	for i := range 4 {
		path := d.create(fmt.Sprintf(`{"sku":"%d","name":"P"}`, i))
		ids = append(ids, strings.TrimPrefix(path, "/api/v1/products/"))
	}
	d.get("/api/v1/products/" + ids[2]) // from now on it is kept
	const missing, other = "0190b3c2-f0a0-7000-8000-00000000000a", "0190b3c2-f0a0-7000-8000-00000000000b"
	for _, c := range []struct {
		asked         []string
		want, missing string
	}{
		{[]string{ids[3], ids[2], ids[0]}, "3 2 0", ""},
		{[]string{other, ids[1], missing, ids[2]}, "1 2", other + " " + missing},
		{[]string{missing}, "", missing},
		{[]string{ids[1], ids[1], missing, missing}, "1 1", missing + " " + missing},
		{[]string{strings.ToUpper(ids[0]), strings.ToUpper(ids[2]), strings.ToUpper(missing)}, "0 2", strings.ToUpper(missing)},
		{[]string{ids[2]}, "2", ""},
	} {
		a := d.want(200, `"missing":[`, "POST", "/api/v1/products:batch-get", batch(c.asked...))
		got := decode[struct {
			Items   []catalog.Product
			Missing []string
		}](t, a)
		if skus(got.Items) != c.want || strings.Join(got.Missing, " ") != c.missing || got.Items == nil || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %s", c.asked, a.body)
		}
	}
	if n := store.count("ProductsByID"); n != 5 {
		t.Errorf("the store was asked %d times: what is kept needs no query", n)
	}
}

func TestBatchIsBounded(t *testing.T) {
	t.Parallel()
	f := serve(t)
	const id = "0190b3c2-f0a0-7000-8000-00000000000a"
	ids := func(n int) []string { return strings.Split(strings.Repeat(id+" ", n-1)+id, " ") }
	if a := f.ask("POST", "/api/v1/products:batch-get", batch(ids(100)...), "Content-Type", "application/json"); a.StatusCode != http.StatusOK {
		t.Errorf("a hundred, without a token: %s %s", a.Status, a.body)
	}
	f.store.before = unreached(t)
	for body, pointer := range map[string]string{
		`{}`: "/ids", `{"ids":[]}`: "/ids", `{"ids":null}`: "/ids", `{"ids":"x"}`: "/ids", `null`: "/ids", batch(ids(101)...): "/ids",
		`{"ids":[1]}`: "/ids", batch(id, "x"): "/ids/1", batch(""): "/ids/0", batch(strings.ReplaceAll(id, "-", "")): "/ids/0", batch("{" + id + "}"): "/ids/0",
		`{"IDs":["` + id + `"]}`: "/IDs", `{"ids":["` + id + `"],"fields":[]}`: "/fields", `[]`: "",
	} {
		wantProblem(t, f.write("POST", "/api/v1/products:batch-get", body), http.StatusUnprocessableEntity, "invalid", pointer)
	}
	wantProblem(t, f.write("POST", "/api/v1/products:batch-get?ids=1", batch(id)), http.StatusBadRequest, "bad_parameter", "?ids")
	f.store.before = func(context.Context, string) error { return catalog.ErrUnavailable }
	wantProblem(t, f.write("POST", "/api/v1/products:batch-get", batch(id)), http.StatusServiceUnavailable, "unavailable")
}
