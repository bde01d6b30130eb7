package local

import "fmt"

// choose answers Fn::If.
func (r *resolver) choose(argument any) (any, error) {
	parts, ok := argument.([]any)
	if !ok || len(parts) != 3 {
		return nil, errMalformed
	}
	name, ok := parts[0].(string)
	if !ok || name == "" {
		return nil, errMalformed
	}
	holds, err := r.condition(name)
	if err != nil {
		return nil, err
	}
	if holds {
		return r.resolve(parts[1])
	}
	return r.resolve(parts[2])
}

// condition says whether a named condition holds; "" always does.
func (r *resolver) condition(name string) (bool, error) {
	if name == "" {
		return true, nil
	}
	expression, ok := r.stack.Template.Conditions[name]
	if !ok {
		return false, fmt.Errorf("condition %s does not exist", name)
	}
	if r.evaluating[name] {
		return false, fmt.Errorf("condition %s needs itself", name)
	}
	r.evaluating[name] = true
	defer delete(r.evaluating, name)
	holds, err := r.holds(expression)
	if err != nil {
		return false, at("condition "+name, err)
	}
	return holds, nil
}

func (r *resolver) holds(expression any) (bool, error) {
	object, ok := expression.(map[string]any)
	if !ok || len(object) != 1 {
		return false, errMalformed
	}
	for function, argument := range object {
		if function == "Condition" {
			name, ok := argument.(string)
			if !ok || name == "" {
				return false, errMalformed
			}
			return r.condition(name)
		}
		parts, ok := argument.([]any)
		if !ok || len(parts) == 0 || function == "Fn::Not" && len(parts) != 1 {
			return false, errMalformed
		}
		switch function {
		case "Fn::Equals":
			return r.equal(parts)
		case "Fn::Not":
			holds, err := r.holds(parts[0])
			return !holds, err
		case "Fn::And", "Fn::Or":
			return r.combine(function == "Fn::And", parts)
		}
		return false, fmt.Errorf("%s is not known to the local place, which knows Equals, Not, And and Or", function)
	}
	return false, errMalformed
}

func (r *resolver) equal(parts []any) (bool, error) {
	if len(parts) != 2 {
		return false, errMalformed
	}
	left, err := r.text(parts[0])
	if err != nil {
		return false, err
	}
	right, err := r.text(parts[1])
	return left == right, err
}

// combine answers And (all hold) or Or (one holds).
func (r *resolver) combine(all bool, parts []any) (bool, error) {
	for _, part := range parts {
		holds, err := r.holds(part)
		if err != nil {
			return false, err
		}
		if holds != all {
			return !all, nil
		}
	}
	return all, nil
}
