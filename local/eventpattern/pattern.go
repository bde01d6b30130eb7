package eventpattern

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Pattern is an event pattern (AWS: "Amazon EventBridge event patterns").
type Pattern struct {
	fields map[string]node
}

// node is what a field of an event must be: another object, or one of some
// values.
type node struct {
	object *Pattern
	any    []matcher
}

// matcher says whether one value matches; an absent field is asked with
// exists false.
type matcher func(value any, exists bool) bool

// maxDepth bounds how deep a pattern may nest.
const maxDepth = 32

// Parse reads a pattern: an object whose leaves are lists of values or content
// filters.
func Parse(content []byte) (*Pattern, error) {
	var document any
	if err := json.Unmarshal(content, &document); err != nil {
		return nil, fmt.Errorf("its event pattern is no JSON: %w", err)
	}
	object, ok := document.(map[string]any)
	if !ok || len(object) == 0 {
		return nil, errors.New("its event pattern must be an object with at least one field")
	}
	return parseObject(object, 0)
}

func parseObject(object map[string]any, depth int) (*Pattern, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("its event pattern nests deeper than %d", maxDepth)
	}
	p := &Pattern{fields: make(map[string]node, len(object))}
	for name, value := range object {
		switch v := value.(type) {
		case map[string]any:
			inner, err := parseObject(v, depth+1)
			if err != nil {
				return nil, err
			}
			p.fields[name] = node{object: inner}
		case []any:
			matchers, err := parseList(name, v)
			if err != nil {
				return nil, err
			}
			p.fields[name] = node{any: matchers}
		default:
			return nil, fmt.Errorf("the field %q of its event pattern must be a list of values or an object", name)
		}
	}
	return p, nil
}

func parseList(name string, list []any) ([]matcher, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("the field %q of its event pattern lists no value: nothing would match", name)
	}
	var matchers []matcher
	for _, item := range list {
		switch v := item.(type) {
		case map[string]any:
			filter, err := parseFilter(v)
			if err != nil {
				return nil, fmt.Errorf("the field %q of its event pattern: %w", name, err)
			}
			matchers = append(matchers, filter)
		case []any:
			return nil, fmt.Errorf("the field %q of its event pattern has a list in its list", name)
		default:
			matchers = append(matchers, equals(v))
		}
	}
	return matchers, nil
}

func equals(wanted any) matcher {
	return func(value any, exists bool) bool { return exists && value == wanted }
}

// Matches says whether an event, as JSON, matches every field of the pattern.
func (p *Pattern) Matches(event []byte) bool {
	var document map[string]any
	return json.Unmarshal(event, &document) == nil && p.matches(document)
}

func (p *Pattern) matches(object map[string]any) bool {
	for name, wanted := range p.fields {
		value, exists := object[name]
		if wanted.object != nil {
			inner, isObject := value.(map[string]any)
			if !isObject && exists || !wanted.object.matches(inner) {
				return false
			}
			continue
		}
		if !matchesAny(wanted.any, value, exists) {
			return false
		}
	}
	return true
}

// matchesAny: of a list in the event, one member is enough.
func matchesAny(matchers []matcher, value any, exists bool) bool {
	values := []any{value}
	if list, isList := value.([]any); isList {
		values = list
	}
	for _, match := range matchers {
		for _, one := range values {
			if match(one, exists) {
				return true
			}
		}
	}
	return false
}
