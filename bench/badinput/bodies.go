package main

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// badBodies are documents and feeds that are wrong from the beginning.
func badBodies() iter.Seq[[]byte] {
	many := func(s string, n int) []byte { return bytes.Repeat([]byte(s), n) }
	all := [][]byte{
		nil,
		{},
		[]byte(" "),
		{0},
		[]byte("null"), []byte("true"), []byte("0"), []byte(`""`), []byte("[]"), []byte("{}"), []byte("{"), []byte("}"), []byte("[[]"), []byte("\xef\xbb\xbf{}"), []byte("{}{}"), []byte("{} x"), []byte("NaN"), []byte("'a'"),
		many("[", 9_000), many("[", 100_000), many(`{"a":`, 20_000), many(`{"attributes":`, 9_000), many("a", 1<<20), many("a", 1<<20+1), many("\n", 70_000), many(",", 70_000), many("\"", 70_001), many("\t", 70_000),
		[]byte(`{"sku":"A","sku":"B","name":"x"}`), []byte(`{"sku":1,"name":2}`), []byte(`{"sku":"\ud800","name":"\udfff\ud800"}`), []byte(`{"sku":"\u0000","name":"\u0000"}`), []byte("{\"sku\":\"\xff\",\"name\":\"\xed\xa0\x80\"}"),
		[]byte(`{"sku":"A","name":"x","stock":1e400}`), []byte(`{"sku":"A","name":"x","stock":99999999999999999999}`), []byte(`{"sku":"A","name":"x","stock":1.5}`), []byte(`{"sku":"A","name":"x","stock":-0}`),
		[]byte(`{"sku":"A","name":"x","price":{"amount":"1e9","currency":"AUD"}}`), []byte(`{"sku":"A","name":"x","price":{"amount":"` + strings.Repeat("9", 4000) + `","currency":"AUD"}}`), []byte(`{"sku":"A","name":"x","price":[]}`), []byte(`{"sku":"A","name":"x","price":{"amount":1,"currency":null}}`),
		[]byte(`{"sku":"A","name":"x","category":"` + strings.Repeat("a/", 2000) + `"}`), []byte(`{"sku":"A","name":"x","images":[` + strings.Repeat(`"http://a/",`, 5000) + `""]}`), []byte(`{"__proto__":{"a":1},"constructor":null}`), []byte(`{"SKU":"A","Name":"x"}`),
		[]byte(`{"ids":null}`), []byte(`{"ids":[null]}`), []byte(`{"ids":["x"]}`), []byte(`{"ids":["019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04","019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04"]}`), []byte(`{"ids":[` + strings.Repeat(`"019ab3c2-f0a0-7c3e-8a51-2f6d1b7e9c04",`, 5000) + `""]}`),
		[]byte(`{"name":"x","parent_id":"kitchen"}`), []byte(`{"name":"x","parent_id":"\u0000"}`), []byte(`{"name":null,"parent_id":{}}`),
		[]byte("sku,name\n"), []byte("sku,sku\na,b\n"), []byte("\nsku,name\n\n"), []byte("sku,name\nA,\"b\n"), []byte("sku,name\nA,\"b\"c\n"), []byte("sku,name\nA\nB,c,d,e\n"), []byte("\xff\xfesku,name\n"), []byte("sku;name\nA;b\n"), []byte("sku,name\r\rA,b\r"), []byte("sku,name,stock\nA,b,=1+1\n"), []byte("sku,name\n\x00,\x00\n"), []byte("sku,name,price,currency\nA,b,1e400,AUD\nB,c,-1,XXX\nC,d,1.999999,JPY\n"),
		append([]byte("sku,name\n"), many("A,b\n", 20_000)...), append([]byte("sku,name\nA,"), many("x", 2<<20)...), append([]byte("sku,"), many("a,", 100_000)...), append([]byte("sku,name,"), many("attr.x,", 3000)...),
		[]byte("sku\tname\nA\\t\tb\\\n"), []byte("{\"sku\":\"A\"}\n[]\nnull\n{\"sku\":\n"), many("{\"sku\":\"A\",\"name\":\"b\"}\n", 5_000), many("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 50),
	}
	return slices.Values(all)
}

// raw is JSON that no encoder would write.
type raw string

var rawValues = []raw{
	`1e400`, `-0`, `1E-999`, `0.1e+1`, `123456789012345678901234567890`, `"\ud800"`, `"\udc00\ud800"`, `"\u0000"`, "\"\xff\"", "\"\xed\xa0\x80\"", "\"\x01\"", `"\x"`, `01`, `.5`, `+1`, `nul`, `tru`, `'a'`, `{,}`, `[,]`, `{"a"}`, `{"a":1,}`, `/**/1`, ``, `"`,
	raw(strings.Repeat("[", 11_000)), raw(strings.Repeat("[", 5000) + strings.Repeat("]", 5000)), raw(strings.Repeat(`{"a":`, 3000) + "1" + strings.Repeat("}", 3000)),
}

// mutated is a document or a feed with some of it changed.
func mutated(c *rand.Rand, body any) []byte {
	if feed, ok := body.(string); ok {
		return scrambled(c, []byte(feed))
	}
	for range 1 + c.IntN(3) {
		body = changed(c, body)
	}
	document := render(nil, body)
	if c.IntN(3) == 0 {
		document = scrambled(c, document)
	}
	return document
}

// changed puts something else at one place of a document.
func changed(c *rand.Rand, v any) any {
	switch old := v.(type) {
	case map[string]any:
		if len(old) == 0 || c.IntN(8) == 0 {
			break
		}
		object := maps.Clone(old)
		name := pick(c, slices.Sorted(maps.Keys(object)))
		switch c.IntN(8) {
		case 0:
			delete(object, name)
		case 1:
			object[pick(c, hostile)] = object[name]
		case 2:
			object[strings.ToUpper(name)] = object[name]
		case 3: // the name twice
			return raw("{" + string(render(nil, name)) + ":1," + strings.TrimPrefix(string(render(nil, object)), "{"))
		default:
			object[name] = changed(c, object[name])
		}
		return object
	case []any:
		if len(old) == 0 || c.IntN(8) == 0 {
			break
		}
		list := slices.Clone(old)
		i := c.IntN(len(list))
		if c.IntN(6) == 0 {
			return append(list, slices.Repeat(list[i:i+1], 1+c.IntN(2000))...)
		}
		list[i] = changed(c, list[i])
		return list
	}
	switch c.IntN(7) {
	case 0:
		return nil
	case 1:
		return []any{v, map[string]any{}, []any{}}
	case 2:
		return map[string]any{"a": v}
	case 3, 4:
		return pick(c, rawValues)
	case 5:
		return c.IntN(1<<40) - 1<<39
	}
	return pick(c, hostile)
}

// render writes a document, and what is raw as it is.
func render(out []byte, v any) []byte {
	switch v := v.(type) {
	case raw:
		return append(out, v...)
	case map[string]any:
		out = append(out, '{')
		for i, name := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				out = append(out, ',')
			}
			out = render(append(render(out, name), ':'), v[name])
		}
		return append(out, '}')
	case []any:
		out = append(out, '[')
		for i, item := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = render(out, item)
		}
		return append(out, ']')
	}
	text, err := json.Marshal(v)
	if err != nil { // a time of YAML's, say
		return append(out, "null"...)
	}
	return append(out, text...)
}

// scrambled is a text with some of its bytes cut, doubled, or replaced.
func scrambled(c *rand.Rand, text []byte) []byte {
	text = slices.Clone(text)
	for range 1 + c.IntN(4) {
		i, j := 0, 0
		if len(text) > 0 {
			i = c.IntN(len(text))
			j = i + c.IntN(len(text)-i)
		}
		switch c.IntN(6) {
		case 0:
			text = text[:i]
		case 1:
			text = slices.Delete(text, i, j)
		case 2:
			text = slices.Insert(text, i, slices.Clone(text[i:j])...)
		case 3:
			text = slices.Insert(text, i, []byte(pick(c, hostile))...)
		case 4:
			if len(text) > 0 {
				text[i] = byte(c.IntN(256))
			}
		default:
			text = slices.Insert(text, i, pick(c, []byte("\"'\\,;\t\r\n\x00{}[]:\xff")))
		}
	}
	return text
}

func pick[T any](c *rand.Rand, all []T) T { return all[c.IntN(len(all))] }
