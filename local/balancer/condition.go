package balancer

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Condition is one condition of a rule: it holds when one of its values does
// (AWS: "Condition types for listener rules").
type Condition struct {
	// Field is host-header, http-header, http-request-method, path-pattern,
	// query-string or source-ip.
	Field string
	// HeaderName is http-header's: which field.
	HeaderName string
	// Values are patterns, methods, or CIDR blocks; query-string has Pairs.
	Values []string
	Pairs  []QueryPair

	networks []netip.Prefix
}

// QueryPair is a value of query-string; without a key it holds for any.
type QueryPair struct{ Key, Value string }

// maxValue is how long a pattern may be, in characters; a header's name may be
// as long as maxHeaderName.
const (
	maxValue      = 128
	maxHeaderName = 40
)

// compile checks a condition and makes it ready.
func (c *Condition) compile() error {
	count := len(c.Values) + len(c.Pairs)
	if count == 0 {
		return errors.New("its condition on " + c.Field + " has no value: give it one, or remove it")
	}
	for _, pair := range c.Pairs {
		if len(pair.Key) > maxValue || len(pair.Value) > maxValue {
			return errors.New("its condition on query-string has a key or value of more than 128 characters: shorten it")
		}
	}
	for _, value := range c.Values {
		if value == "" || len(value) > maxValue {
			return fmt.Errorf("its condition on %s has the value %q: a value has 1 to 128 characters", c.Field, value)
		}
	}
	if (c.Field == "query-string") != (len(c.Pairs) > 0) {
		return errors.New("its condition on " + c.Field + " has the values of another kind: query-string has keys and values, the others have values")
	}
	switch c.Field {
	case "path-pattern", "host-header", "query-string":
	case "http-header":
		if name := []byte(c.HeaderName); !isToken(name) || len(name) > maxHeaderName || equalFold(name, "Host") {
			return fmt.Errorf("its condition on http-header names the header %q: it must be a header's name of at most 40 characters, and host-header is for Host", c.HeaderName)
		}
	case "http-request-method":
		for _, value := range c.Values {
			if len(value) > maxHeaderName || strings.ContainsFunc(value, func(r rune) bool { return (r < 'A' || r > 'Z') && r != '-' && r != '_' }) {
				return fmt.Errorf("its condition on http-request-method has the method %q: a method is upper case letters, - and _", value)
			}
		}
	case "source-ip":
		for _, value := range c.Values {
			network, err := netip.ParsePrefix(value)
			if err != nil {
				return fmt.Errorf("its condition on source-ip has the value %q: it must be a CIDR block like 203.0.113.0/24", value)
			}
			c.networks = append(c.networks, network.Masked())
		}
	default:
		return errors.New("its condition on " + c.Field + " is not known to the local place, which has host-header, http-header, http-request-method, path-pattern, query-string and source-ip")
	}
	return nil
}

// maxValues is how many values, without wildcards counted twice, one rule may
// have over all its conditions (AWS: "Quotas for your Application Load
// Balancers": condition values per rule).
const maxValues = 5

func (c *Condition) holds(r *request) bool {
	switch c.Field {
	case "path-pattern":
		return anyMatches(c.Values, r.path, false)
	case "host-header":
		return anyMatches(c.Values, hostname(r.host), true)
	case "http-request-method":
		return slices.Contains(c.Values, string(r.method))
	case "http-header":
		return slices.ContainsFunc(r.fields, func(f field) bool {
			return equalFold(f.name, c.HeaderName) && anyMatches(c.Values, f.value, true)
		})
	case "source-ip":
		return slices.ContainsFunc(c.networks, func(n netip.Prefix) bool { return n.Contains(r.peer.Addr()) })
	case "query-string":
		return slices.ContainsFunc(c.Pairs, func(p QueryPair) bool { return p.isIn(r.query) })
	}
	return false
}

func anyMatches(patterns []string, text []byte, fold bool) bool {
	for _, pattern := range patterns {
		if matchPattern(pattern, text, fold) {
			return true
		}
	}
	return false
}

// isIn looks for the pair in a query as it was sent: nothing is decoded.
func (p QueryPair) isIn(query []byte) bool {
	for len(query) > 0 {
		one := query
		if i := bytes.IndexByte(query, '&'); i >= 0 {
			one, query = query[:i], query[i+1:]
		} else {
			query = nil
		}
		key, value, _ := bytes.Cut(one, []byte("="))
		if (p.Key == "" || matchPattern(p.Key, key, true)) && matchPattern(p.Value, value, true) {
			return true
		}
	}
	return false
}

// hostname is a host without its port.
func hostname(host []byte) []byte {
	if colon := bytes.LastIndexByte(host, ':'); colon >= 0 && bytes.IndexByte(host[colon:], ']') < 0 {
		return host[:colon]
	}
	return host
}
