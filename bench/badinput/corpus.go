package main

import (
	"iter"
	"net/url"
	"strings"
)

// corpus is what is always tried: every route with every value in its path,
// in each of its parameters and in each header, every method, and every body.
// The numbers from first on tell the products that it makes from others.
func corpus(routes []route, ids []string, first int) iter.Seq[*request] {
	return func(yield func(*request) bool) {
		n := first
		try := func(r route, change func(*request)) bool {
			n++
			q := valid(r, ids, n)
			change(q)
			return yield(q.marked(r))
		}
		for _, r := range routes {
			for change := range changes(r) {
				if !try(r, change) {
					return
				}
			}
		}
	}
}

// marked notes whether the request must not write.
func (q *request) marked(r route) *request {
	q.writes = r.writes
	for _, h := range q.headers {
		if strings.EqualFold(h[0], "Authorization") && strings.Contains(h[1], token) {
			q.writes = false
		}
	}
	return q
}

// changes are what is done to a route's valid request, one at a time.
func changes(r route) iter.Seq[func(*request)] {
	return func(yield func(func(*request)) bool) {
		var all []func(*request)
		add := func(change func(*request)) { all = append(all, change) }
		add(func(*request) {})
		add(func(q *request) { q.drop("Authorization") })
		for _, m := range methods {
			add(func(q *request) { q.method = m })
		}
		for _, v := range hostile {
			if strings.Contains(r.path, "{id}") {
				add(func(q *request) { q.target = strings.ReplaceAll(r.path, "{id}", url.PathEscape(v)) })
				add(func(q *request) { q.target = strings.ReplaceAll(r.path, "{id}", v) })
			}
			add(func(q *request) { q.target += url.PathEscape(v) })
			add(func(q *request) { q.withQuery(escaped(v), "1") })
			add(func(q *request) { q.target += "?" + v })
			for _, p := range r.queries {
				add(func(q *request) { q.withQuery(named(p.name, "colour"), escaped(v)) })
				add(func(q *request) { q.withQuery(named(p.name, v), escaped(v)) })
			}
		}
		for _, p := range r.queries {
			for _, v := range p.valid {
				add(func(q *request) { q.withQuery(named(p.name, "sku"), escaped(v)) })
			}
			add(func(q *request) {
				for range 2000 {
					q.withQuery(p.name, "1")
				}
			})
		}
		for i, h := range headers {
			for _, v := range h.values {
				add(func(q *request) { q.set(h.name, v) })
			}
			for j, v := range hostile {
				if (i+j+len(r.path)+len(r.method))%6 == 0 { // the routes share them
					add(func(q *request) { q.set(h.name, v) })
				}
			}
			add(func(q *request) { q.headers = append(q.headers, [2]string{h.name, "1"}, [2]string{h.name, "2"}) })
			add(func(q *request) { q.drop(h.name) })
		}
		for body := range badBodies() {
			add(func(q *request) { q.body = body })
			for _, media := range r.media {
				add(func(q *request) { q.body = body; q.set("Content-Type", media) })
			}
		}
		for _, change := range all {
			if !yield(change) {
				return
			}
		}
	}
}

// named writes the name of one of a family of parameters.
func named(name, member string) string {
	family, _, ok := strings.Cut(name, "{")
	if !ok {
		return name
	}
	return escaped(family + member)
}
