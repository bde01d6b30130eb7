package alarm

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"catalog/local/metrics"
)

// The states of an alarm (AWS: "Metric alarm states").
const (
	OK               = "OK"
	InAlarm          = "ALARM"
	InsufficientData = "INSUFFICIENT_DATA"
)

// State is an alarm's state, why it came to it, and when. As on AWS the reason
// is that of the last change, not of the last evaluation.
type State struct {
	Value  string    `json:"value"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"` // zero before the first evaluation
}

// Alarm is one alarm. It is safe for concurrent use.
type Alarm struct {
	properties  Properties
	period      time.Duration
	needed, of  int // M out of N
	threshold   float64
	expressions map[string]*metrics.Expression // by id
	watched     string                         // the id that is watched; "" without Metrics

	mu     sync.Mutex
	state  State
	recent []metrics.Point
}

// New makes an alarm, in the state INSUFFICIENT_DATA. It refuses properties
// that CloudWatch refuses and what does not run here (see the package's
// comment), with one sentence that names the property.
func New(p Properties) (*Alarm, error) {
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("alarm %q cannot be made: %w", p.AlarmName, err)
	}
	a := &Alarm{
		properties:  p,
		period:      time.Duration(p.seconds()) * time.Second,
		of:          int(p.EvaluationPeriods),
		needed:      int(p.DatapointsToAlarm),
		threshold:   float64(*p.Threshold),
		expressions: map[string]*metrics.Expression{},
		state:       State{Value: InsufficientData, Reason: "Unchecked: Initial alarm creation"},
	}
	if a.needed == 0 {
		a.needed = a.of
	}
	for _, q := range p.Metrics {
		if q.watched() {
			a.watched = q.ID
		}
		if q.Expression == "" {
			continue
		}
		expression, err := metrics.ParseExpression(q.Expression)
		if err != nil {
			return nil, err
		}
		a.expressions[q.ID] = expression
	}
	return a, nil
}

// Continue takes the state of an alarm that this one takes the place of: a
// change of its properties does not change it before the next evaluation.
func (a *Alarm) Continue(before *Alarm) {
	state := before.State()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state = state
}

// State is the state after the last evaluation.
func (a *Alarm) State() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

// Datapoints are those that the last evaluation saw, oldest first: up to
// EvaluationPeriods, without the missing ones.
func (a *Alarm) Datapoints() []metrics.Point {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.recent)
}

// Name is the AlarmName.
func (a *Alarm) Name() string { return a.properties.AlarmName }

// Description is the AlarmDescription.
func (a *Alarm) Description() string { return a.properties.AlarmDescription }

// Keys lists the metrics that the alarm reads, in the template's order.
func (a *Alarm) Keys() []metrics.Key {
	if a.watched == "" {
		return []metrics.Key{key(a.properties.Namespace, a.properties.MetricName, a.properties.Dimensions)}
	}
	var keys []metrics.Key
	for _, q := range a.properties.Metrics {
		if q.MetricStat != nil {
			keys = append(keys, key(q.MetricStat.Metric.Namespace, q.MetricStat.Metric.MetricName, q.MetricStat.Metric.Dimensions))
		}
	}
	return keys
}

// Actions lists the ARNs to notify on a change to a state; none when the
// alarm's ActionsEnabled is false.
func (a *Alarm) Actions(state string) []string {
	if enabled := a.properties.ActionsEnabled; enabled != nil && !bool(*enabled) {
		return nil
	}
	switch state {
	case InAlarm:
		return slices.Clone(a.properties.AlarmActions)
	case OK:
		return slices.Clone(a.properties.OKActions)
	case InsufficientData:
		return slices.Clone(a.properties.InsufficientDataActions)
	}
	return nil
}

var runbook = regexp.MustCompile(`docs/runbooks/[A-Za-z0-9_./-]+\.md`)

// Runbook is the path that the description names, as in
// docs/runbooks/cpu-high.md; "" when it names none.
func (a *Alarm) Runbook() string { return runbook.FindString(a.properties.AlarmDescription) }
