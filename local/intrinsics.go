package local

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// resolver replaces the intrinsic functions of a template with their values
// (AWS CloudFormation: "Intrinsic function reference").
type resolver struct {
	stack      Stack
	parameters map[string]any
	// reference answers Ref (attribute "") and Fn::GetAtt of a resource.
	reference func(logicalID, attribute string) (any, error)
	// secret answers a dynamic reference to Secrets Manager.
	secret func(id, key string) (string, error)
	// evaluating holds the conditions under way, to find one in a circle.
	evaluating map[string]bool
}

// noValue is what {"Ref": "AWS::NoValue"} stands for: leave the property out.
type noValue struct{}

// The account that stands in ARNs: no real one has this number.
const accountID = "000000000000"

var errMalformed = errors.New("is malformed")

// resolve answers the value with every intrinsic function replaced.
func (r *resolver) resolve(value any) (any, error) {
	switch v := value.(type) {
	case string:
		return r.dynamicReferences(v)
	case []any:
		list := make([]any, 0, len(v))
		for i, item := range v {
			resolved, err := r.resolve(item)
			if err != nil {
				return nil, at(strconv.Itoa(i), err)
			}
			if _, none := resolved.(noValue); !none {
				list = append(list, resolved)
			}
		}
		return list, nil
	case map[string]any:
		if len(v) == 1 {
			for name, argument := range v {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					resolved, err := r.call(name, argument)
					if err != nil {
						return nil, at(name, err)
					}
					return resolved, nil
				}
			}
		}
		return r.resolveMap(v)
	}
	return value, nil
}

func (r *resolver) resolveMap(v map[string]any) (any, error) {
	object := make(map[string]any, len(v))
	for name, item := range v {
		resolved, err := r.resolve(item)
		if err != nil {
			return nil, at(name, err)
		}
		if _, none := resolved.(noValue); !none {
			object[name] = resolved
		}
	}
	return object, nil
}

// text resolves a value that must be a string; numbers become one.
func (r *resolver) text(value any) (string, error) {
	resolved, err := r.resolve(value)
	if err != nil {
		return "", err
	}
	switch v := resolved.(type) {
	case string:
		return v, nil
	case float64, bool, int:
		return plain(v), nil
	}
	return "", fmt.Errorf("gives %T where a string is needed", resolved)
}

// plain writes a value as templates do: a large number without an exponent.
func plain(value any) string {
	if n, ok := value.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func (r *resolver) list(value any, length int) ([]any, error) {
	resolved, err := r.resolve(value)
	if err != nil {
		return nil, err
	}
	items, ok := resolved.([]any)
	if !ok || (length >= 0 && len(items) != length) {
		return nil, errMalformed
	}
	return items, nil
}

func (r *resolver) call(name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return r.ref(argument)
	case "Fn::GetAtt":
		id, attribute, ok := attributeOf(argument)
		if !ok {
			return nil, errMalformed
		}
		return r.reference(id, attribute)
	case "Fn::Join":
		return r.join(argument)
	case "Fn::Sub":
		return r.sub(argument)
	case "Fn::Select":
		return r.selectItem(argument)
	case "Fn::Split":
		parts, ok := argument.([]any)
		if !ok || len(parts) != 2 {
			return nil, errMalformed
		}
		separator, err := r.text(parts[0])
		if err != nil {
			return nil, err
		}
		text, err := r.text(parts[1])
		if err != nil {
			return nil, err
		}
		var items []any
		for item := range strings.SplitSeq(text, separator) {
			items = append(items, item)
		}
		return items, nil
	case "Fn::If":
		return r.choose(argument)
	case "Fn::Base64":
		text, err := r.text(argument)
		return base64.StdEncoding.EncodeToString([]byte(text)), err
	}
	return nil, fmt.Errorf("%s is not known to the local place, which resolves Ref, GetAtt, Join, Sub, Select, Split, If and Base64", name)
}

func (r *resolver) ref(argument any) (any, error) {
	name, ok := argument.(string)
	if !ok {
		return nil, errMalformed
	}
	switch name {
	case "AWS::NoValue":
		return noValue{}, nil
	case "AWS::AccountId":
		return accountID, nil
	case "AWS::Region":
		return r.stack.Region, nil
	case "AWS::Partition":
		return "aws", nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	case "AWS::StackName":
		return r.stack.Name, nil
	case "AWS::StackId":
		return "arn:aws:cloudformation:" + r.stack.Region + ":" + accountID + ":stack/" + r.stack.Name + "/local", nil
	}
	if value, ok := r.parameters[name]; ok {
		return value, nil
	}
	return r.reference(name, "")
}

func (r *resolver) join(argument any) (any, error) {
	parts, ok := argument.([]any)
	if !ok || len(parts) != 2 {
		return nil, errMalformed
	}
	separator, ok := parts[0].(string)
	if !ok {
		return nil, errMalformed
	}
	var items []any
	var err error
	if literal, ok := parts[1].([]any); ok {
		items = literal
	} else if items, err = r.list(parts[1], -1); err != nil {
		return nil, err
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if texts[i], err = r.text(item); err != nil {
			return nil, at(strconv.Itoa(i), err)
		}
	}
	return r.dynamicReferences(strings.Join(texts, separator))
}

func (r *resolver) selectItem(argument any) (any, error) {
	parts, ok := argument.([]any)
	if !ok || len(parts) != 2 {
		return nil, errMalformed
	}
	position, err := r.text(parts[0])
	if err != nil {
		return nil, err
	}
	items, err := r.list(parts[1], -1)
	if err != nil {
		return nil, err
	}
	i, err := strconv.Atoi(position)
	if err != nil || i < 0 || i >= len(items) {
		return nil, fmt.Errorf("selects item %s of %d", position, len(items))
	}
	return items[i], nil
}

// at puts the place in front of what went wrong there.
func at(place string, err error) error {
	return fmt.Errorf("%s: %w", place, err)
}
