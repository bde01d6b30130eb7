package local

import (
	"fmt"
	"strings"
)

func (e *Environment) put(stack, id string, r resource) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resources[stack][id] = r
}

// referenceIn answers the references inside one stack.
func (e *Environment) referenceIn(stack string) func(id, attribute string) (any, error) {
	return func(id, attribute string) (any, error) {
		e.mu.Lock()
		defer e.mu.Unlock()
		r, ok := e.resources[stack][id]
		if !ok {
			return nil, fmt.Errorf("%s was not created", id)
		}
		if attribute == "" {
			return r.ref(), nil
		}
		value, ok := r.attribute(attribute)
		if !ok {
			return nil, fmt.Errorf("%s has no attribute %s in the local place", id, attribute)
		}
		return value, nil
	}
}

// all finds the created resources of one Go type.
func all[T resource](e *Environment) []T {
	e.mu.Lock()
	defer e.mu.Unlock()
	var found []T
	for _, c := range e.created {
		if r, ok := c.runner.(T); ok {
			found = append(found, r)
		}
	}
	return found
}

// find finds the created resource of one Go type that a reference names.
func find[T resource](e *Environment, ref string) (T, error) {
	for _, r := range all[T](e) {
		if r.ref() == ref {
			return r, nil
		}
	}
	var none T
	return none, fmt.Errorf("it refers to %s, which is no %s of this environment", ref, strings.TrimPrefix(fmt.Sprintf("%T", none), "*local."))
}
