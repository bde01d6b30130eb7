package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"catalog/contract"
)

// Release is what an update brings: an assembly and its parameters. The images
// that it names are in the repositories by then.
type Release struct {
	Assembly   *Assembly
	Parameters map[string]string
}

// ErrNoUpdates: the release is what runs already.
var ErrNoUpdates = errors.New("no updates are to be performed: what runs is what the template says")

// errBusy: one change of the stacks at a time.
var errBusy = errors.New("another update is in progress: wait for it: catalogctl events --follow shows it")

// Update changes what runs into what a release says: the difference by
// resource, in order, in place where CloudFormation changes in place. When a
// resource fails, what was changed is changed back (AWS: "Update behaviors of
// stack resources", "Stack failure options"). The release is read and refused
// before anything is touched.
func (e *Environment) Update(ctx context.Context, r Release) error {
	if !e.updating.TryLock() {
		return errBusy
	}
	defer e.updating.Unlock()
	return e.updateTo(ctx, r)
}

// updateTo is Update with the lock held.
func (e *Environment) updateTo(ctx context.Context, r Release) error {
	// An update is no first deployment: the count is the scaling's.
	parameters := map[string]string{}
	maps.Copy(parameters, r.Parameters)
	parameters[contract.ParamInitialDeployment] = "false"
	r.Parameters = parameters
	plans, err := e.plan(r.Assembly, r.Parameters)
	if err != nil {
		return err
	}
	for _, p := range plans {
		if e.stackStatus(p.stack.Name) == "" {
			return fmt.Errorf("stack %s does not run here, and an update adds none: stop this environment and start it again", p.stack.Name)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.closing, cancel)()
	unchanged := 0
	for _, p := range plans {
		err := (&update{e: e, plan: p, begin: time.Now()}).run(ctx)
		if errors.Is(err, ErrNoUpdates) {
			unchanged++
			continue
		}
		if err != nil {
			return err
		}
	}
	if unchanged == len(plans) {
		return ErrNoUpdates
	}
	e.previous, e.current = e.current, r
	return nil
}

// update is one stack's way from what it was to what a plan says.
type update struct {
	e       *Environment
	plan    plan
	begin   time.Time
	started bool
	undo    []func(context.Context) error // back to what was, the last one first
	leaving []leaving                     // replaced, and deleted at the end
}

func (u *update) run(ctx context.Context) error {
	name := u.plan.stack.Name
	wanted, err := u.wanted()
	if err != nil {
		return err
	}
	removed := u.removed(wanted)
	before := u.e.Outputs()
	if err = u.change(ctx, wanted); err == nil {
		err = u.e.setOutputs(u.plan)
	}
	switch {
	case u.e.closing.Err() != nil:
		return errClosing // everything goes: nothing is to be brought back
	case err != nil:
		return errors.Join(err, u.rollBack(context.WithoutCancel(ctx)))
	case !u.started && len(removed) == 0 && maps.Equal(before, u.e.Outputs()):
		return ErrNoUpdates
	}
	u.starts()
	u.e.stackEvent(name, UpdateCompleteCleanup, "", u.begin)
	detail := ""
	if err := u.cleanUp(context.WithoutCancel(ctx), removed); err != nil {
		detail = "what was left over could not be deleted: " + err.Error() // the update is done, as on AWS
	}
	u.e.stackEvent(name, UpdateComplete, detail, u.begin)
	return nil
}

// wanted are the plan's resources whose conditions hold, in order.
func (u *update) wanted() ([]string, error) {
	var wanted []string
	for _, id := range u.plan.order {
		holds, err := u.plan.resolver.condition(u.plan.stack.Template.Resources[id].Condition)
		if err != nil {
			return nil, fmt.Errorf("stack %s: %s: %w", u.plan.stack.Name, id, err)
		}
		if holds {
			wanted = append(wanted, id)
		}
	}
	return wanted, nil
}

// removed are the resources that the stack has and the plan does not.
func (u *update) removed(wanted []string) []declared {
	u.e.mu.Lock()
	defer u.e.mu.Unlock()
	var removed []declared
	for id, d := range u.e.stacks[u.plan.stack.Name].declared {
		if !slices.Contains(wanted, id) {
			removed = append(removed, d)
		}
	}
	return removed
}

func (u *update) change(ctx context.Context, wanted []string) error {
	for _, id := range wanted {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := u.plan.declare(id)
		if err != nil {
			return u.e.steps(u.plan, id).fail(UpdateFailed, err)
		}
		from, exists := u.e.declaration(d.stack.Name, id)
		if exists && isSame(from, d) {
			continue
		}
		u.starts()
		switch {
		case !exists:
			err = u.add(ctx, d)
		case isReplaced(from, d):
			err = u.replace(ctx, from, d)
		default:
			err = u.modify(ctx, from, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// starts says once that the stack changes.
func (u *update) starts() {
	if !u.started {
		u.started = true
		u.e.stackEvent(u.plan.stack.Name, UpdateInProgress, "", u.begin)
	}
}

// rollBack undoes what was done, the last step first.
func (u *update) rollBack(ctx context.Context) error {
	if !u.started {
		return nil
	}
	name := u.plan.stack.Name
	u.e.stackEvent(name, UpdateRollbackInProgress, "", u.begin)
	var errs []error
	for _, undo := range slices.Backward(u.undo) {
		errs = append(errs, undo(ctx))
	}
	if err := errors.Join(errs...); err != nil {
		u.e.stackEvent(name, UpdateRollbackFailed, err.Error(), u.begin)
		return fmt.Errorf("stack %s could not be rolled back: %w: stop it and start it again", name, err)
	}
	u.e.stackEvent(name, UpdateRollbackComplete, "", u.begin)
	return nil
}
