package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// updater is a resource that can be changed in place. One whose update fails
// is as it was.
type updater interface {
	update(ctx context.Context, d declared) error
}

// lively is a resource with a state that its declaration does not have, such
// as a rule's weights after a shift. Restore brings back what live saw.
type lively interface {
	live() (restore func())
}

// add creates a resource that the stack did not have.
func (u *update) add(ctx context.Context, d declared) error {
	if other := u.e.named(d); other != "" {
		return u.e.steps(u.plan, d.id).fail(CreateFailed, fmt.Errorf(
			"%s has the name %s already: rename it and update the stack again", other, d.customName()))
	}
	if err := u.e.createOne(ctx, u.plan, d.id); err != nil {
		return errors.Join(err, u.e.discard(ctx, d, nil))
	}
	u.undo = append(u.undo, func(ctx context.Context) error { return u.e.remove(ctx, d, u.e.get(d)) })
	return nil
}

// replace puts a new resource in an old one's place; the old one goes when the
// whole update is done. Two cannot have one name (AWS: "Update behaviors of
// stack resources").
func (u *update) replace(ctx context.Context, from, d declared) error {
	steps := u.e.steps(u.plan, d.id)
	if name := d.customName(); name != "" && name == from.customName() && from.typ == d.typ {
		return steps.fail(UpdateFailed, fmt.Errorf(
			"its change needs a new resource, and the old one has the name %s still: rename it and update the stack again", name))
	}
	steps.event(UpdateInProgress, "the change needs a new resource")
	before := u.e.get(from)
	if builders()[d.typ] == nil {
		u.e.put(d, newRecord(d))
	} else if err := u.e.begin(ctx, d); err != nil {
		return errors.Join(steps.fail(UpdateFailed, err), u.e.discard(ctx, d, before))
	}
	u.leaving = append(u.leaving, leaving{from, before})
	u.undo = append(u.undo, func(ctx context.Context) error {
		after := u.e.get(d)
		u.e.put(from, before)
		return u.e.end(ctx, d, after)
	})
	steps.event(UpdateComplete, "")
	return nil
}

// modify changes a resource in place.
func (u *update) modify(ctx context.Context, from, d declared) error {
	steps := u.e.steps(u.plan, d.id)
	before := u.e.get(from)
	target, can := before.(updater)
	if !can {
		after, detail := before, "takes effect when the environment is started the next time"
		if builders()[d.typ] == nil {
			after, detail = newRecord(d), "only recorded here"
		}
		u.e.put(d, after)
		u.undo = append(u.undo, func(context.Context) error {
			u.e.put(from, before)
			return nil
		})
		steps.event(UpdateComplete, detail)
		return nil
	}
	steps.event(UpdateInProgress, "")
	restore := func() {}
	if l, ok := before.(lively); ok {
		restore = l.live()
	}
	if err := target.update(ctx, d); err != nil {
		return steps.fail(UpdateFailed, err)
	}
	u.e.put(d, before)
	u.undo = append(u.undo, func(ctx context.Context) error {
		steps := u.e.steps(u.plan, d.id)
		if err := target.update(ctx, from); err != nil {
			return steps.fail(UpdateFailed, err)
		}
		restore()
		u.e.put(from, before)
		steps.event(UpdateComplete, "as it was before")
		return nil
	})
	steps.event(UpdateComplete, "")
	return nil
}

// named finds another resource of the stack that has a declaration's custom
// name and type.
func (e *Environment) named(d declared) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, other := range e.stacks[d.stack.Name].declared {
		if name := d.customName(); name != "" && id != d.id && other.typ == d.typ && other.customName() == name {
			return id
		}
	}
	return ""
}

// leaving is a resource that the stack keeps until its update is done.
type leaving struct {
	declared
	resource
}

// cleanUp deletes what the update left without a place: what was replaced,
// and what the template does not have any more, in reverse order of creation.
func (u *update) cleanUp(ctx context.Context, removed []declared) error {
	var errs []error
	all := u.leaving
	for _, d := range removed {
		all = append(all, leaving{d, u.e.get(d)})
		u.e.drop(d)
	}
	slices.SortStableFunc(all, func(a, b leaving) int { return u.e.createdAt(b.resource) - u.e.createdAt(a.resource) })
	for _, l := range all {
		errs = append(errs, u.e.end(ctx, l.declared, l.resource))
	}
	return errors.Join(errs...)
}

// createdAt is a resource's place in the order of creation; -1 for one that
// does not run.
func (e *Environment) createdAt(r resource) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.IndexFunc(e.created, func(c creation) bool { return resource(c.runner) == r })
}

// remove takes a resource out of its stack and ends it.
func (e *Environment) remove(ctx context.Context, d declared, r resource) error {
	e.drop(d)
	return e.end(ctx, d, r)
}

// discard ends a resource that was built and could not start; before is what
// stood in its place, which stays.
func (e *Environment) discard(ctx context.Context, d declared, before resource) error {
	e.mu.Lock()
	var built runner
	for _, c := range e.created {
		if c.declared.stack.Name == d.stack.Name && c.id == d.id && resource(c.runner) != before {
			built = c.runner
		}
	}
	e.mu.Unlock()
	if built == nil {
		return nil
	}
	return e.end(context.WithoutCancel(ctx), d, built)
}

// end stops a resource that runs, and says that it is gone.
func (e *Environment) end(ctx context.Context, d declared, r resource) error {
	running, runs := r.(runner)
	event := Event{Stack: d.stack.Name, ID: d.id, Type: d.typ, Status: DeleteComplete}
	if !runs {
		e.report(event)
		return nil
	}
	begin := time.Now()
	e.report(Event{Stack: d.stack.Name, ID: d.id, Type: d.typ, Status: DeleteInProgress})
	ctx, cancel := context.WithTimeout(ctx, stopDeadline)
	defer cancel()
	err := running.stop(ctx)
	e.mu.Lock()
	e.created = slices.DeleteFunc(e.created, func(c creation) bool { return resource(c.runner) == r })
	e.mu.Unlock()
	if err != nil {
		event.Status, event.Detail = DeleteFailed, err.Error()
		err = fmt.Errorf("stopping %s (%s): %w", d.id, d.typ, err)
	}
	event.Took = time.Since(begin)
	e.report(event)
	return err
}
