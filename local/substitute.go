package local

import (
	"regexp"
	"strings"
)

// subPart is a variable of Fn::Sub, or the beginning of a literal.
var subPart = regexp.MustCompile(`\$\{!|` + subVariable.String())

func (r *resolver) sub(argument any) (any, error) {
	text, own := subParts(argument)
	if text == "" {
		return nil, errMalformed
	}
	var failed error
	result := subPart.ReplaceAllStringFunc(text, func(variable string) string {
		if variable == "${!" {
			return "${"
		}
		name := variable[2 : len(variable)-1]
		var value any = map[string]any{"Ref": name}
		if v, ok := own[name]; ok {
			value = v
		} else if strings.Contains(name, ".") {
			value = map[string]any{"Fn::GetAtt": name}
		}
		s, err := r.text(value)
		if err != nil && failed == nil {
			failed = at(variable, err)
		}
		return s
	})
	if failed != nil {
		return nil, failed
	}
	return r.dynamicReferences(result)
}
