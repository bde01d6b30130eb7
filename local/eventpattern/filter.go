package eventpattern

import (
	"errors"
	"fmt"
	"strings"
)

// parseFilter reads a content filter: an object with one key (AWS: "Comparison
// operators for use in event patterns in Amazon EventBridge").
func parseFilter(filter map[string]any) (matcher, error) {
	if len(filter) != 1 {
		return nil, errors.New("a content filter has exactly one key")
	}
	for name, argument := range filter {
		switch name {
		case "prefix":
			return onText(argument, strings.HasPrefix)
		case "suffix":
			return onText(argument, strings.HasSuffix)
		case "equals-ignore-case":
			return onText(argument, strings.EqualFold)
		case "exists":
			wanted, ok := argument.(bool)
			if !ok {
				return nil, errors.New("exists takes true or false")
			}
			return func(_ any, exists bool) bool { return exists == wanted }, nil
		case "anything-but":
			return anythingBut(argument)
		case "numeric":
			return numeric(argument)
		}
		return nil, fmt.Errorf("the content filter %q is not known to the local place", name)
	}
	return nil, nil
}

func onText(argument any, holds func(value, argument string) bool) (matcher, error) {
	wanted, ok := argument.(string)
	if !ok {
		return nil, errors.New("it takes a text")
	}
	return func(value any, exists bool) bool {
		text, isText := value.(string)
		return exists && isText && holds(text, wanted)
	}, nil
}

// anythingBut takes a value or a list of them, or a prefix or suffix.
func anythingBut(argument any) (matcher, error) {
	var refused []matcher
	switch v := argument.(type) {
	case map[string]any:
		inner, err := parseFilter(v)
		if err != nil {
			return nil, err
		}
		refused = []matcher{inner}
	case []any:
		for _, one := range v {
			switch one.(type) {
			case string, float64:
				refused = append(refused, equals(one))
			default:
				return nil, errors.New("anything-but takes texts and numbers")
			}
		}
	case string, float64:
		refused = []matcher{equals(v)}
	default:
		return nil, errors.New("anything-but takes texts, numbers, or a prefix")
	}
	return func(value any, exists bool) bool {
		for _, match := range refused {
			if match(value, exists) {
				return false
			}
		}
		return exists
	}, nil
}

// numeric takes one or two comparisons: ["<", 10] or [">", 0, "<=", 5].
func numeric(argument any) (matcher, error) {
	list, ok := argument.([]any)
	if !ok || len(list) != 2 && len(list) != 4 {
		return nil, errors.New(`numeric takes comparisons like [">", 0, "<=", 5]`)
	}
	var comparisons []func(float64) bool
	for i := 0; i < len(list); i += 2 {
		operator, isText := list[i].(string)
		bound, isNumber := list[i+1].(float64)
		compare := map[string]func(float64) bool{
			"=": func(v float64) bool { return v == bound }, "<": func(v float64) bool { return v < bound }, "<=": func(v float64) bool { return v <= bound },
			">": func(v float64) bool { return v > bound }, ">=": func(v float64) bool { return v >= bound },
		}[operator]
		if !isText || !isNumber || compare == nil {
			return nil, errors.New(`numeric takes comparisons like [">", 0, "<=", 5]`)
		}
		comparisons = append(comparisons, compare)
	}
	return func(value any, exists bool) bool {
		number, isNumber := value.(float64)
		for _, compare := range comparisons {
			if !exists || !isNumber || !compare(number) {
				return false
			}
		}
		return true
	}, nil
}
