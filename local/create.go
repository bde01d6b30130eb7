package local

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// stackType is the type of a stack's own events, as CloudFormation's.
const stackType = "AWS::CloudFormation::Stack"

// stackState is what an environment remembers of a stack: the declarations as
// they were last created or updated, and the stack's status.
type stackState struct {
	declared map[string]declared // by logical id
	status   string
}

// create creates a stack's resources in order, then its outputs.
func (e *Environment) create(ctx context.Context, p plan) error {
	e.mu.Lock() // the status page looks already
	e.resources[p.stack.Name] = map[string]resource{}
	e.stacks[p.stack.Name] = &stackState{declared: map[string]declared{}}
	e.order = append(e.order, p.stack.Name)
	e.mu.Unlock()
	begin := time.Now()
	e.stackEvent(p.stack.Name, CreateInProgress, "", begin)
	for _, id := range p.order {
		holds, err := p.resolver.condition(p.stack.Template.Resources[id].Condition)
		if err == nil && !holds {
			continue
		}
		if err == nil {
			err = e.createOne(ctx, p, id)
		}
		if err != nil {
			e.stackEvent(p.stack.Name, CreateFailed, err.Error(), begin)
			return err
		}
	}
	if err := e.setOutputs(p); err != nil {
		e.stackEvent(p.stack.Name, CreateFailed, err.Error(), begin)
		return err
	}
	e.stackEvent(p.stack.Name, CreateComplete, "", begin)
	return nil
}

// stackEvent changes a stack's status and says so.
func (e *Environment) stackEvent(stack, status, detail string, begin time.Time) {
	e.mu.Lock()
	if state := e.stacks[stack]; state != nil {
		state.status = status
	}
	e.mu.Unlock()
	e.report(Event{Stack: stack, ID: stack, Type: stackType, Status: status, Detail: detail, Took: time.Since(begin)})
}

// setOutputs takes the place of the outputs that the stack had before.
func (e *Environment) setOutputs(p plan) error {
	outputs := map[string]string{}
	for name, output := range p.stack.Template.Outputs {
		holds, err := p.resolver.condition(output.Condition)
		if err != nil {
			return fmt.Errorf("stack %s: output %s: %w", p.stack.Name, name, err)
		}
		if !holds {
			continue
		}
		value, err := p.resolver.text(output.Value)
		if err != nil {
			return fmt.Errorf("stack %s: output %s: %w", p.stack.Name, name, err)
		}
		outputs[name] = e.here(value)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.outputs[p.stack.Name] = outputs
	return nil
}

// declare resolves one declaration of a plan.
func (p plan) declare(id string) (declared, error) {
	d := p.stack.Template.Resources[id]
	properties, err := p.resolver.resolveMap(d.Properties)
	if err != nil {
		return declared{}, err
	}
	return declared{stack: p.stack, id: id, typ: d.Type, properties: properties.(map[string]any)}, nil
}

func (e *Environment) createOne(ctx context.Context, p plan, id string) error {
	steps := e.steps(p, id)
	d, err := p.declare(id)
	if err != nil {
		return steps.fail(CreateFailed, err)
	}
	if builders()[d.typ] == nil {
		e.put(d, newRecord(d))
		if isRecorded(d.typ) {
			steps.event(Recorded, "")
		} else {
			steps.event(NotRun, "a type that the local place does not know")
		}
		return nil
	}
	steps.event(CreateInProgress, "")
	if err := e.begin(ctx, d); err != nil {
		return steps.fail(CreateFailed, err)
	}
	steps.event(CreateComplete, "")
	return nil
}

// errClosing: nothing begins in an environment that is taken down.
var errClosing = errors.New("the environment is being taken down")

// begin builds and starts a resource. One that was built is stopped with the
// environment, whether it could start or not.
func (e *Environment) begin(ctx context.Context, d declared) error {
	if e.closing.Err() != nil {
		return errClosing
	}
	r, err := builders()[d.typ](e, d)
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.created = append(e.created, creation{d, r})
	e.mu.Unlock()
	if err := r.start(ctx); err != nil {
		return err
	}
	e.put(d, r)
	return nil
}

// steps reports what happens to one resource.
type steps struct {
	e     *Environment
	of    Event
	begin time.Time
}

func (e *Environment) steps(p plan, id string) steps {
	return steps{e, Event{Stack: p.stack.Name, ID: id, Type: p.stack.Template.Resources[id].Type}, time.Now()}
}

func (s steps) event(status, detail string) {
	s.of.Status, s.of.Detail, s.of.Took = status, detail, time.Since(s.begin)
	s.e.report(s.of)
}

func (s steps) fail(status string, err error) error {
	s.event(status, err.Error())
	return fmt.Errorf("stack %s: %s (%s): %w", s.of.Stack, s.of.ID, s.of.Type, err)
}
