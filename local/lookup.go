package local

import (
	"fmt"
	"strings"
)

// put gives a logical id its resource and remembers what it was declared as.
func (e *Environment) put(d declared, r resource) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resources[d.stack.Name][d.id] = r
	e.stacks[d.stack.Name].declared[d.id] = d
}

func (e *Environment) drop(d declared) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.resources[d.stack.Name], d.id)
	delete(e.stacks[d.stack.Name].declared, d.id)
}

func (e *Environment) get(d declared) resource {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.resources[d.stack.Name][d.id]
}

// declaration is what a resource was created as, or updated to last.
func (e *Environment) declaration(stack, id string) (declared, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d, ok := e.stacks[stack].declared[id]
	return d, ok
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

// stackStatus is a stack's status, as CloudFormation would give it.
func (e *Environment) stackStatus(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if state := e.stacks[name]; state != nil {
		return state.status
	}
	return ""
}

// nextRevision counts a family's task definitions.
func (e *Environment) nextRevision(family string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.revisions[family]++
	return e.revisions[family]
}
