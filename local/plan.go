package local

import "fmt"

// plan is a stack with what is needed to create it.
type plan struct {
	stack    Stack
	order    []string
	resolver *resolver
}

// plan holds the whole assembly against what the local place knows, before
// anything is touched.
func (e *Environment) plan(assembly *Assembly, parameters map[string]string) ([]plan, error) {
	var plans []plan
	for _, stack := range assembly.Stacks {
		r := &resolver{
			stack: stack, reference: e.referenceIn(stack.Name),
			secret: func(id, key string) (string, error) { return e.secrets.text(id, key) }, evaluating: map[string]bool{},
		}
		var err error
		if r.parameters, err = stack.Template.parameterValues(parameters); err != nil {
			return nil, at("stack "+stack.Name, err)
		}
		needs := stack.Template.resourceNeeds()
		order, err := inOrder(needs)
		if err != nil {
			return nil, fmt.Errorf("stack %s: the template's resources: %w", stack.Name, err)
		}
		if err := checkServiceNeeds(stack, needs); err != nil {
			return nil, err
		}
		plans = append(plans, plan{stack: stack, order: order, resolver: r})
	}
	return plans, nil
}

// checkServiceNeeds refuses a type that this version does not know where a
// service would run without it.
func checkServiceNeeds(stack Stack, needs map[string][]string) error {
	run := builders()
	var check func(id, service string, seen map[string]bool) error
	check = func(id, service string, seen map[string]bool) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		typ := stack.Template.Resources[id].Type
		if run[typ] == nil && !isRecorded(typ) {
			return fmt.Errorf("stack %s: the service %s depends on %s of type %s, which the local place does not know: leave it out of the service's way or teach local/kinds.go the type",
				stack.Name, service, id, typ)
		}
		for _, need := range needs[id] {
			if err := check(need, service, seen); err != nil {
				return err
			}
		}
		return nil
	}
	for id, d := range stack.Template.Resources {
		if d.Type == "AWS::ECS::Service" {
			if err := check(id, id, map[string]bool{}); err != nil {
				return err
			}
		}
	}
	return nil
}
