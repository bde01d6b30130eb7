package alarm

import (
	"time"

	"catalog/local/metrics"
)

// Evaluate compares the whole past periods before now with the threshold, and
// says whether the state changed. Call it once a minute, as CloudWatch does;
// more often does no harm. The periods end with the minute before now's, also
// those that are longer than a minute (AWS: "Alarm evaluation").
func (a *Alarm) Evaluate(s *metrics.Store, now time.Time) (state State, changed bool) {
	points := a.retrieve(s, now)
	keep := a.tooFewSamples(s, now)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state.Since.IsZero() {
		a.state.Since = now
	}
	found := a.judge(points, now)
	a.recent = found.points
	if value := found.state(a); !keep && value != "" && value != a.state.Value {
		a.state = State{Value: value, Reason: a.reason(value, found), Since: now}
		changed = true
	}
	return a.state, changed
}

// finding is what an evaluation sees: the last N data points that are there,
// oldest first, and how many are missing to N.
type finding struct {
	points    []metrics.Point
	missing   int
	breaching int
	// oldestBreaching is how many periods ago the oldest breaching one of the
	// evaluation range began: 1 for the last whole period; 0 for none.
	oldestBreaching int
}

// judge takes the most recent N data points of the evaluation range that exist,
// however old: missing ones are used "only as few times as possible".
func (a *Alarm) judge(points []metrics.Point, now time.Time) finding {
	points = points[max(0, len(points)-a.of):]
	found := finding{points: points, missing: a.of - len(points)}
	for i := len(points) - 1; i >= 0; i-- {
		if !a.breaches(points[i].Value) {
			continue
		}
		found.breaching++
		found.oldestBreaching = int(now.Truncate(time.Minute).Sub(points[i].Time) / a.period)
	}
	return found
}

func (a *Alarm) breaches(value float64) bool {
	return operators[a.properties.ComparisonOperator].breaches(value, a.threshold)
}

// state is the state that a finding makes, "" for the one that is (AWS:
// "Configuring how CloudWatch alarms treat missing data", whose two tables are
// this package's test).
func (f finding) state(a *Alarm) string {
	breached := f.breaching
	if a.treatment() == breaching {
		breached += f.missing
	}
	switch {
	case breached >= a.needed:
		return InAlarm
	case f.missing == 0 || a.treatment() == breaching || a.treatment() == notBreaching:
		return OK
	case f.breaching < len(f.points): // one that is there does not breach
		return OK
	case a.treatment() == ignore:
		return ""
	case f.oldestBreaching >= a.needed:
		// "Avoiding premature transitions": all that is there breaches, and the
		// oldest of it is at least as old as DatapointsToAlarm.
		return InAlarm
	}
	return InsufficientData
}

func (a *Alarm) treatment() string {
	if a.properties.TreatMissingData == "" {
		return missing
	}
	return a.properties.TreatMissingData
}
