package alarm

import (
	"errors"
	"fmt"
	"regexp"

	"catalog/local/metrics"
)

const maximumQueries = 10 // AWS: "Alarms on math expressions"

var queryID = regexp.MustCompile(`^[a-z][A-Za-z0-9_]{0,254}$`)

// validateQueries refuses what CloudWatch refuses in an alarm's Metrics (AWS:
// MetricDataQuery).
func validateQueries(queries []Query) error {
	if len(queries) > maximumQueries {
		return errors.New("it has more than 10 Metrics: CloudWatch takes no more in an alarm")
	}
	byID := map[string]Query{}
	watched := 0
	var period Number
	for _, q := range queries {
		if err := q.validate(); err != nil {
			return fmt.Errorf("in its Metrics, %q: %w", q.ID, err)
		}
		if _, twice := byID[q.ID]; twice {
			return fmt.Errorf("in its Metrics the id %q is there twice: give each its own", q.ID)
		}
		byID[q.ID] = q
		if q.watched() {
			watched++
		}
		if q.MetricStat != nil {
			if period != 0 && q.MetricStat.Period != period {
				return errors.New("its Metrics have several periods: CloudWatch wants one in an alarm")
			}
			period = q.MetricStat.Period
		}
	}
	if watched != 1 {
		return fmt.Errorf("of its Metrics %d have ReturnData true, which is the default, and exactly one must: set the others to false", watched)
	}
	return validateReferences(byID)
}

func (q Query) validate() error {
	switch {
	case !queryID.MatchString(q.ID):
		return errors.New("its id must begin with a small letter and go on with letters, digits and _")
	case (q.MetricStat == nil) == (q.Expression == ""):
		return errors.New("it needs either a MetricStat or an Expression")
	case q.MetricStat == nil:
		_, err := metrics.ParseExpression(q.Expression)
		return err
	case q.MetricStat.Metric.Namespace == "" || q.MetricStat.Metric.MetricName == "":
		return errors.New("its Metric needs a Namespace and a MetricName")
	case !metrics.ValidStatistic(q.MetricStat.Stat):
		return fmt.Errorf("its Stat is %q: SampleCount, Average, Sum, Minimum, Maximum and p0 to p100 run here", q.MetricStat.Stat)
	}
	return nil
}

// validateReferences wants every id that an expression uses to exist, and no
// expression to use itself through others.
func validateReferences(byID map[string]Query) error {
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(id string) error
	visit = func(id string) error {
		q, ok := byID[id]
		switch {
		case !ok:
			return fmt.Errorf("in its Metrics an expression uses %q, which is none of them: add it or correct the id", id)
		case state[id] == open:
			return fmt.Errorf("in its Metrics the expression %q uses itself: break the circle", id)
		case state[id] == done || q.MetricStat != nil:
			return nil
		}
		state[id] = open
		expression, err := metrics.ParseExpression(q.Expression)
		if err != nil {
			return err
		}
		for _, used := range expression.IDs() {
			if err := visit(used); err != nil {
				return err
			}
		}
		state[id] = done
		return nil
	}
	for id := range byID {
		if err := visit(id); err != nil {
			return err
		}
	}
	return nil
}
