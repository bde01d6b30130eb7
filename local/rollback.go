package local

import (
	"context"
	"errors"
	"fmt"
)

// errNothingBefore: a first release has none before it.
var errNothingBefore = errors.New("no release ran here before this one: there is nothing to go back to")

// Rollback takes the deployment under way back, or, when none is, releases
// again what ran before the last update.
func (e *Environment) Rollback(ctx context.Context) error {
	for _, s := range all[*service](e) {
		if d := s.underWay(); d != nil {
			d.cancel("an operator asked for the roll-back")
			<-d.done
			e.awaitUpdate() // the stack goes back as well
			switch look := d.look(); look.Status {
			case DeploymentRollbackSuccessful:
				return nil
			case DeploymentSuccessful: // it was too late: the release before is brought back
			default:
				return fmt.Errorf("the deployment is %s: %s", look.Status, look.Reason)
			}
		}
	}
	if !e.updating.TryLock() {
		return errBusy
	}
	defer e.updating.Unlock()
	if e.previous.Assembly == nil {
		return errNothingBefore
	}
	return e.updateTo(ctx, e.previous)
}

// awaitUpdate waits until no update is under way.
func (e *Environment) awaitUpdate() {
	e.updating.Lock()
	defer e.updating.Unlock()
}

// underWay is the deployment that is in progress and has a source to go back
// to.
func (s *service) underWay() *deployment {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deployments {
		if !d.isOver() && d.source != nil {
			return d
		}
	}
	return nil
}
