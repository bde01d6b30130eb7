package settings

import (
	"fmt"
	"strconv"
)

// Lookup returns a CDK context value: a string from the command line or any
// JSON value from cdk.json, nil where there is none.
type Lookup func(key string) any

// reader takes values out of the context and keeps the first error.
type reader struct {
	lookup Lookup
	err    error
}

func (r *reader) text(key, fallback string) string {
	switch v := r.lookup(key).(type) {
	case nil:
		return fallback
	case string:
		return v
	default:
		r.fail(key, v, "a string")
		return fallback
	}
}

func (r *reader) number(key string, fallback float64) float64 {
	switch v := r.lookup(key).(type) {
	case nil:
		return fallback
	case float64:
		return v
	case string:
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			r.fail(key, v, "a number")
		}
		return n
	default:
		r.fail(key, v, "a number")
		return fallback
	}
}

func (r *reader) whole(key string, fallback int) int {
	n := r.number(key, float64(fallback))
	if r.err == nil && n != float64(int(n)) {
		r.fail(key, n, "a whole number")
	}
	return int(n)
}

func (r *reader) flag(key string, fallback bool) bool {
	switch v := r.lookup(key).(type) {
	case nil:
		return fallback
	case bool:
		return v
	case string:
		if v == "true" || v == "false" {
			return v == "true"
		}
	}
	r.fail(key, r.lookup(key), "true or false")
	return fallback
}

func (r *reader) fail(key string, value any, allowed string) {
	if r.err == nil {
		r.err = refuse(key, value, allowed)
	}
}

func refuse(key string, value any, allowed string) error {
	return fmt.Errorf("context %s is %q: it must be %s (set it with --context %s=… or in cdk.json)", key, fmt.Sprint(value), allowed, key)
}
