package main

import (
	"math/rand/v2"
	"net/url"
	"strings"
)

// made is a request that is made up: a valid one with some of it changed, often
// in several places at once.
func made(c *rand.Rand, routes []route, ids []string) *request {
	r := pick(c, routes)
	q := valid(r, ids, c.IntN(1<<20))
	if len(r.media) > 0 && c.IntN(3) > 0 {
		q.body = mutated(c, pick(c, r.bodies))
	}
	if len(r.media) == 0 && c.IntN(10) == 0 {
		q.body = scrambled(c, []byte(`{"sku":"A"}`))
	}
	for range c.IntN(4) {
		change(c, q, r)
	}
	return q.marked(r)
}

// change does one thing to a request.
func change(c *rand.Rand, q *request, r route) {
	switch c.IntN(12) {
	case 0:
		q.method = pick(c, methods)
	case 1:
		value := pick(c, hostile)
		if c.IntN(4) > 0 {
			value = url.PathEscape(value)
		}
		q.target = strings.ReplaceAll(r.path, "{id}", value)
	case 2:
		q.target = string(scrambled(c, []byte(q.target)))
	case 3, 4, 5:
		if len(r.queries) > 0 {
			p := pick(c, r.queries)
			value := pick(c, hostile)
			if c.IntN(3) == 0 {
				value = pick(c, p.valid)
			}
			q.withQuery(named(p.name, pick(c, []string{"colour", "sku", "name", value})), escaped(value))
			break
		}
		q.withQuery(escaped(pick(c, hostile)), escaped(pick(c, hostile)))
	case 6, 7, 8:
		h := pick(c, headers)
		value := pick(c, h.values)
		switch c.IntN(4) {
		case 0:
			value = pick(c, hostile)
		case 1:
			value = string(scrambled(c, []byte(value)))
		}
		if c.IntN(5) == 0 {
			q.headers = append(q.headers, [2]string{h.name, value})
		} else {
			q.set(h.name, value)
		}
	case 9:
		q.drop(pick(c, headers).name)
	case 10:
		q.drop("Authorization")
	case 11:
		if q.body != nil {
			q.body = scrambled(c, q.body)
		}
	}
}
