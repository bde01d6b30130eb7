package local

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"catalog/local/balancer"
)

// listenerRule sends what matches all its conditions to its action.
type listenerRule struct {
	declared
	environment *Environment
	listener    *listener
	created     int           // its first priority, which its ARN keeps
	rule        balancer.Rule // guarded by the listener's lock
}

// ruleProperties are what both a new rule and an update have.
type ruleProperties struct {
	ListenerArn string
	Priority    number
	Conditions  []conditionProperties
	Actions     []actionProperties
}

// conditionProperties: Values is the older way to write path-pattern and
// host-header.
type conditionProperties struct {
	Field                                   string
	Values                                  []string
	PathPatternConfig, HostHeaderConfig     conditionValues
	HTTPRequestMethodConfig, SourceIPConfig conditionValues
	HTTPHeaderConfig                        conditionValues
	QueryStringConfig                       struct{ Values []balancer.QueryPair }
}

type conditionValues struct {
	HTTPHeaderName string
	Values         []string
	RegexValues    []string
}

func newListenerRule(e *Environment, d declared) (runner, error) {
	var p ruleProperties
	if err := d.decode(&p); err != nil {
		return nil, err
	}
	l, err := find[*listener](e, p.ListenerArn)
	if err != nil {
		return nil, err
	}
	r := &listenerRule{declared: d, environment: e, listener: l, created: int(p.Priority)}
	r.rule, err = r.compile(p)
	return r, err
}

// compile checks a rule's properties.
func (r *listenerRule) compile(p ruleProperties) (balancer.Rule, error) {
	rule := balancer.Rule{Priority: int(p.Priority)}
	for _, c := range p.Conditions {
		condition, err := c.condition()
		if err != nil {
			return rule, err
		}
		rule.Conditions = append(rule.Conditions, condition)
	}
	var err error
	if rule.Action, err = newAction(r.environment, r.listener.balancer, p.Actions); err != nil {
		return rule, err
	}
	return rule, rule.Compile()
}

// condition takes the values that belong to the field.
func (c conditionProperties) condition() (balancer.Condition, error) {
	values := map[string]conditionValues{
		"path-pattern": c.PathPatternConfig, "host-header": c.HostHeaderConfig, "http-header": c.HTTPHeaderConfig,
		"http-request-method": c.HTTPRequestMethodConfig, "source-ip": c.SourceIPConfig,
	}[c.Field]
	if len(values.RegexValues) > 0 {
		return balancer.Condition{}, fmt.Errorf("its condition on %s has regular expressions: the local place has Values with wildcards", c.Field)
	}
	return balancer.Condition{
		Field: c.Field, HeaderName: values.HTTPHeaderName,
		Values: slices.Concat(c.Values, values.Values), Pairs: c.QueryStringConfig.Values,
	}, nil
}

func (r *listenerRule) start(context.Context) error {
	r.listener.mu.Lock()
	defer r.listener.mu.Unlock()
	return r.listener.insert(r, r.rule)
}

func (r *listenerRule) stop(context.Context) error {
	r.listener.remove(r)
	return nil
}

// update changes conditions, actions with their weights, and priority at once:
// as on AWS, a blue/green deployment's shifted weights are gone with it.
func (r *listenerRule) update(_ context.Context, d declared) error {
	var p ruleProperties
	if err := d.decode(&p); err != nil {
		return err
	}
	rule, err := r.compile(p)
	if err != nil {
		return err
	}
	r.listener.mu.Lock()
	defer r.listener.mu.Unlock()
	return r.listener.insert(r, rule)
}

// live keeps the weights that a deployment shifted.
func (r *listenerRule) live() (restore func()) {
	r.listener.mu.RLock()
	defer r.listener.mu.RUnlock()
	rule := r.rule
	return func() {
		r.listener.mu.Lock()
		defer r.listener.mu.Unlock()
		r.rule = rule
		r.listener.publish()
	}
}

// weights are those of the rule's target groups, by their ref.
func (r *listenerRule) weights() map[string]int {
	r.listener.mu.RLock()
	defer r.listener.mu.RUnlock()
	weights := map[string]int{}
	for _, w := range r.rule.Action.Forward {
		weights[w.Group.Name] = w.Weight
	}
	return weights
}

// setWeights changes weights by the target groups' ref, all at once; a group
// that is not named keeps its own.
func (r *listenerRule) setWeights(weights map[string]int) error {
	r.listener.mu.Lock()
	defer r.listener.mu.Unlock()
	rule := r.rule
	rule.Action.Forward = slices.Clone(rule.Action.Forward)
	left := maps.Clone(weights)
	for i, w := range rule.Action.Forward {
		if weight, ok := left[w.Group.Name]; ok {
			rule.Action.Forward[i].Weight = weight
			delete(left, w.Group.Name)
		}
	}
	for ref := range left {
		return fmt.Errorf("the rule %s does not forward to %s: put the target group into its action", r.id, ref)
	}
	if err := rule.Action.Check(); err != nil {
		return err
	}
	r.rule = rule
	r.listener.publish()
	return nil
}

// ref has the priority that the rule was created with: an ARN does not change
// with an update.
func (r *listenerRule) ref() string {
	return r.arn("elasticloadbalancing", "listener-rule/app/"+r.listener.balancer.name()+"/local/"+
		strconv.Itoa(r.listener.port)+"/"+strconv.Itoa(r.created))
}

func (r *listenerRule) attribute(name string) (string, bool) { return r.ref(), name == "RuleArn" }
