package local

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"catalog/local/eventpattern"
)

// eventRule sends what matches its pattern to its targets, as a rule on
// EventBridge's default bus.
type eventRule struct {
	declared
	environment *Environment
	pattern     *eventpattern.Pattern // nil for a rule that is disabled
	targets     []eventTarget
}

type eventTarget struct {
	Arn, ID          string
	InputTransformer *struct {
		InputPathsMap map[string]string
		InputTemplate string
	}
}

// busEvent is an event on its way.
type busEvent struct {
	Region, Source, DetailType string
	Resources                  []string
	Detail                     map[string]any
}

func newEventRule(e *Environment, d declared) (runner, error) {
	r := &eventRule{declared: d, environment: e}
	return r, r.read(d)
}

func (r *eventRule) read(d declared) error {
	var p struct {
		EventPattern json.RawMessage
		State        string
		Targets      []eventTarget
	}
	if err := d.decode(&p); err != nil {
		return err
	}
	if len(p.EventPattern) == 0 {
		return fmt.Errorf("it has no event pattern: the local place has no rules by schedule")
	}
	pattern, err := eventpattern.Parse(p.EventPattern)
	if err != nil {
		return err
	}
	if p.State == "DISABLED" {
		pattern = nil
	}
	r.environment.mu.Lock()
	defer r.environment.mu.Unlock()
	r.pattern, r.targets = pattern, p.Targets
	return nil
}

func (r *eventRule) update(_ context.Context, d declared) error { return r.read(d) }
func (r *eventRule) start(context.Context) error                { return nil }
func (r *eventRule) stop(context.Context) error                 { return nil }
func (r *eventRule) ref() string                                { return orElse(r.customName(), r.id) }

func (r *eventRule) attribute(name string) (string, bool) {
	return r.arn("events", "rule/"+r.ref()), name == "Arn"
}

// emit puts an event on the bus.
func (e *Environment) emit(event busEvent) {
	document := map[string]any{
		"version": "0", "id": rand.Text(), "detail-type": event.DetailType, "source": event.Source, "account": accountID,
		"time": time.Now().UTC().Format(time.RFC3339), "region": event.Region, "resources": event.Resources, "detail": event.Detail,
	}
	content, err := json.Marshal(document)
	if err != nil {
		return // a map of texts
	}
	for _, rule := range all[*eventRule](e) {
		rule.handle(content)
	}
}

func (r *eventRule) handle(event []byte) {
	r.environment.mu.Lock()
	pattern, targets := r.pattern, r.targets
	r.environment.mu.Unlock()
	if pattern == nil || !pattern.Matches(event) {
		return
	}
	for _, target := range targets {
		message := string(event)
		if transform := target.InputTransformer; transform != nil {
			message = eventpattern.Transform(event, transform.InputPathsMap, transform.InputTemplate)
		}
		r.environment.notify(target.Arn, "", message)
	}
}
