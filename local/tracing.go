package local

import (
	"context"

	"catalog/local/traces"
)

// samplingRule says how many requests are traced; the tasks ask the daemon's
// address for it, as X-Ray's SDKs do.
type samplingRule struct {
	record
	environment *Environment
	rule        *traces.SamplingRule // nil when it is deleted
}

func newSamplingRule(e *Environment, d declared) (runner, error) {
	r := &samplingRule{record: newRecord(d), environment: e}
	return r, r.read(d)
}

func (r *samplingRule) read(d declared) error {
	var p struct{ SamplingRule traces.SamplingRule }
	if err := d.decode(&p); err != nil {
		return err
	}
	r.environment.mu.Lock()
	defer r.environment.mu.Unlock()
	r.rule = &p.SamplingRule
	return nil
}

func (r *samplingRule) start(context.Context) error {
	r.environment.applySampling()
	return nil
}

func (r *samplingRule) stop(context.Context) error {
	r.environment.mu.Lock()
	r.rule = nil
	r.environment.mu.Unlock()
	r.environment.applySampling()
	return nil
}

func (r *samplingRule) update(_ context.Context, d declared) error {
	if err := r.read(d); err != nil {
		return err
	}
	r.environment.applySampling()
	return nil
}

// applySampling tells the receiver every rule of the templates.
func (e *Environment) applySampling() {
	var rules []traces.SamplingRule
	for _, r := range all[*samplingRule](e) {
		e.mu.Lock()
		if r.rule != nil {
			rules = append(rules, *r.rule)
		}
		e.mu.Unlock()
	}
	e.traces.SetSamplingRules(rules...)
}

// Traces are what the tasks' sidecars would have sent to X-Ray.
func (e *Environment) Traces() *traces.Store { return e.traces.Store() }
