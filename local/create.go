package local

import (
	"context"
	"fmt"
	"time"
)

// create creates a stack's resources in order, then its outputs.
func (e *Environment) create(ctx context.Context, p plan) error {
	e.mu.Lock() // the status page looks already
	e.resources[p.stack.Name] = map[string]resource{}
	e.mu.Unlock()
	for _, id := range p.order {
		if err := e.createOne(ctx, p, id); err != nil {
			return err
		}
	}
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
		e.mu.Lock()
		e.outputs[name] = e.here(value)
		e.mu.Unlock()
	}
	return nil
}

func (e *Environment) createOne(ctx context.Context, p plan, id string) error {
	d := p.stack.Template.Resources[id]
	begin := time.Now()
	event := func(status, detail string) {
		e.report(Event{Stack: p.stack.Name, ID: id, Type: d.Type, Status: status, Detail: detail, Took: time.Since(begin)})
	}
	fail := func(err error) error {
		event(CreateFailed, err.Error())
		return fmt.Errorf("stack %s: %s (%s): %w", p.stack.Name, id, d.Type, err)
	}
	if holds, err := p.resolver.condition(d.Condition); err != nil || !holds {
		if err != nil {
			return fail(err)
		}
		return nil
	}
	properties, err := p.resolver.resolveMap(d.Properties)
	if err != nil {
		return fail(err)
	}
	resolved := declared{stack: p.stack, id: id, typ: d.Type, properties: properties.(map[string]any)}
	build := builders()[d.Type]
	if build == nil {
		e.put(p.stack.Name, id, newRecord(resolved))
		if isRecorded(d.Type) {
			event(Recorded, "")
		} else {
			event(NotRun, "a type that the local place does not know")
		}
		return nil
	}
	event(CreateInProgress, "")
	r, err := build(e, resolved)
	if err != nil {
		return fail(err)
	}
	e.mu.Lock()
	e.created = append(e.created, creation{resolved, r})
	e.mu.Unlock()
	if err := r.start(ctx); err != nil {
		return fail(err)
	}
	e.put(p.stack.Name, id, r)
	event(CreateComplete, "")
	return nil
}
