package local

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"catalog/local/alarm"
)

// forward takes a deployment through its stages (AWS: "Amazon ECS blue/green
// service deployments workflow"). A first deployment and a rolling one have no
// traffic to shift.
func (d *deployment) forward() error {
	s := d.service
	d.enter(StageScaleUp, d.target.definition.release())
	if err := d.until(d.isScaledUp); err != nil {
		return err
	}
	d.enter(StagePostScaleUp, "")
	if d.source == nil {
		return nil
	}
	if d.isBlueGreen() {
		d.enter(StageTestShift, "")
		if err := d.shift(d.target.colour, func(p loadBalanced) *listenerRule { return p.test }); err != nil {
			return err
		}
		d.enter(StagePostTestShift, "")
		if err := d.check(); err != nil {
			return err
		}
		d.enter(StageProductionShift, d.target.groupName()+" takes the traffic of "+d.source.groupName())
		if err := d.shift(d.target.colour, func(p loadBalanced) *listenerRule { return p.production }); err != nil {
			return err
		}
		d.shifted = true
		d.enter(StagePostProductionShift, "")
		if err := d.bake(); err != nil {
			return err
		}
	}
	d.enter(StageCleanUp, "the tasks of "+d.source.definition.name()+" drain")
	s.mu.Lock()
	s.serving, s.coming = d.target, nil
	s.mu.Unlock()
	s.poke()
	d.awaitGone(d.source)
	return nil
}

// backward gives the source its traffic back and lets the target's tasks go.
func (d *deployment) backward() error {
	s := d.service
	if !d.isBlueGreen() {
		return d.rollBackward()
	}
	var err error
	for _, rule := range []func(loadBalanced) *listenerRule{
		func(p loadBalanced) *listenerRule { return p.production }, func(p loadBalanced) *listenerRule { return p.test },
	} {
		err = errors.Join(err, d.shift(d.source.colour, rule))
	}
	if d.shifted {
		d.event(DeploymentRollbackInProgress, d.source.groupName()+" has the traffic back, the tasks of "+d.target.definition.name()+" drain")
	}
	s.mu.Lock()
	s.coming = nil
	s.mu.Unlock()
	s.poke()
	d.awaitGone(d.target)
	return err
}

// rollBackward is a rolling deployment the other way round: the source's tasks
// come back by the same bounds.
func (d *deployment) rollBackward() error {
	s := d.service
	s.mu.Lock()
	s.serving, s.coming = d.target, d.source
	s.mu.Unlock()
	s.poke()
	d.poll(func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.stopped || s.healthy(d.source) >= s.desired
	})
	s.mu.Lock()
	s.serving, s.coming = d.source, nil
	s.mu.Unlock()
	s.poke()
	d.awaitGone(d.target)
	return nil
}

func (d *deployment) isBlueGreen() bool { return d.source.colour != d.target.colour }

// isScaledUp says whether every task of the target serves and, in a rolling
// deployment, none of the source's is left.
func (d *deployment) isScaledUp() bool {
	s := d.service
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.healthy(d.target) < s.desired {
		return false
	}
	return d.source == nil || d.isBlueGreen() || len(s.alive(d.source)) == 0
}

// bake keeps both colours for the bake time.
func (d *deployment) bake() error {
	length := d.target.settings.bakeTime()
	if given := d.service.environment.options.BakeTime; given != nil {
		length = *given
	}
	end := time.Now().Add(length)
	d.enter(StageBakeTime, fmt.Sprintf("%s, both colours run", length.Round(time.Millisecond)))
	return d.until(func() bool { return !time.Now().Before(end) })
}

// until waits, and looks for what ends a deployment meanwhile.
func (d *deployment) until(reached func() bool) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		if err := d.check(); err != nil {
			return err
		}
		if reached() {
			return nil
		}
		select {
		case <-ticker.C:
		case <-d.cancelled:
		}
	}
}

// check answers why the deployment is to be taken back: somebody asked for it,
// its tasks fail, or an alarm went off (AWS: "Amazon ECS deployment failure
// detection").
func (d *deployment) check() error {
	select {
	case <-d.cancelled:
		return errors.New(d.why)
	default:
	}
	s := d.service
	configuration := d.target.settings.props.DeploymentConfiguration
	s.mu.Lock()
	failures, reason := d.target.failures, d.target.lastFail
	tripped := d.target.hasTripped(s.desired)
	s.mu.Unlock()
	// Without the breaker, and with something that runs, ECS tries for ever.
	if tripped && (d.source == nil || configuration.DeploymentCircuitBreaker.Enable) {
		return fmt.Errorf("%d tasks in a row failed to start: %s", failures, reason)
	}
	if !configuration.Alarms.Enable || d.source == nil {
		return nil
	}
	on := s.environment.alarmsIn(alarm.InAlarm, configuration.Alarms.AlarmNames)
	d.mu.Lock()
	d.ignored = slices.DeleteFunc(d.ignored, func(name string) bool { return !slices.Contains(on, name) })
	on = slices.DeleteFunc(on, func(name string) bool { return slices.Contains(d.ignored, name) })
	d.mu.Unlock()
	if len(on) > 0 {
		return fmt.Errorf("it went into ALARM: %s", strings.Join(on, ", "))
	}
	return nil
}

// awaitGone waits until no task of a revision is left, or the service is
// stopped.
func (d *deployment) awaitGone(r *revision) {
	s := d.service
	d.poll(func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.stopped || !slices.ContainsFunc(s.tasks, func(t *task) bool { return t.revision == r && !t.hasEnded() })
	})
}

// poll waits until something is so.
func (d *deployment) poll(reached func() bool) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for !reached() {
		<-ticker.C
	}
}

// shift gives a colour all the weight of a rule of each load balancer.
func (d *deployment) shift(colour int, rule func(loadBalanced) *listenerRule) error {
	for _, port := range d.target.settings.ports {
		if r := rule(port); r != nil {
			if err := r.setWeights(map[string]int{port.groups[colour].ref(): 100, port.groups[1-colour].ref(): 0}); err != nil {
				return err
			}
		}
	}
	return nil
}
