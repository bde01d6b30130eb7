package contend

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"catalog/bench/measure"
)

// Names of the contenders, as the tables have them.
const (
	Cached   = "Go API"
	Uncached = "Go API, no cache"
	Flask    = "Flask"
	ORM      = "Flask, SQLAlchemy"
	Bare     = "bare net/http"
	Pgbench  = "pgbench"
)

// contender is one that is compared, running.
type contender struct {
	name    string
	process *measure.Process
	// answers: it has a database and takes writes, as the others do not.
	answers bool
	begin   func() (*measure.Process, error)
}

// line starts everyone; the caller stops them, also after an error.
func line(ctx context.Context, o Options, f *flask) (all []*contender, err error) {
	start := func(name string, begin func() (*measure.Process, error)) error {
		c := &contender{name: name, begin: begin, answers: name != Bare}
		c.process, err = begin()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, c)
		path := measure.APage
		if name == Bare {
			path = "/"
		}
		return c.process.AwaitOK(ctx, path)
	}
	for _, c := range []struct {
		name  string
		begin func() (*measure.Process, error)
	}{
		{Cached, func() (*measure.Process, error) { return o.Place.API(ctx, measure.Cached, nil) }},
		{Uncached, func() (*measure.Process, error) { return o.Place.API(ctx, measure.Uncached, nil) }},
		{Flask, func() (*measure.Process, error) { return f.start(ctx, f.tuned[false], false) }},
		{ORM, func() (*measure.Process, error) { return f.start(ctx, f.tuned[true], true) }},
		{Bare, func() (*measure.Process, error) { return startBare(ctx, all[0].process, o.Products[0], o.Lists[0]) }},
	} {
		if err := start(c.name, c.begin); err != nil {
			return all, err
		}
	}
	answering := slices.DeleteFunc(slices.Clone(all), func(c *contender) bool { return !c.answers })
	if err := same(answering, slices.Concat(measure.Most(o.Products, compared), measure.Most(o.Lists, compared))...); err != nil {
		return all, err
	}
	return all, same(all, o.Products[0], o.Lists[0])
}

// compared is how many products and how many lists are asked of everyone before
// the first round.
const compared = 20

// same checks that all answer the same content: what is compared is how, not
// what.
func same(all []*contender, paths ...string) error {
	for _, path := range paths {
		var want any
		for _, c := range all {
			var got map[string]any
			if err := c.process.GetJSON(path, &got); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			delete(got, "next_cursor") // each signs its own
			if plain := plain(got); want == nil {
				want = plain
			} else if !reflect.DeepEqual(want, plain) {
				return fmt.Errorf("%s answers %s otherwise than the Go API: mend it before it is compared", c.name, path)
			}
		}
	}
	return nil
}

// plain has every time in one form: some write a second's last zeros.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = plain(v[name])
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.UTC()
		}
	}
	return v
}
