package alarm

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"catalog/local/metrics"
)

// operators are the comparisons with a static threshold, in the words of a
// state's reason.
var operators = map[string]struct {
	breaches func(value, threshold float64) bool
	words    string
}{
	"GreaterThanThreshold":          {func(v, t float64) bool { return v > t }, "greater than"},
	"GreaterThanOrEqualToThreshold": {func(v, t float64) bool { return v >= t }, "greater than or equal to"},
	"LessThanThreshold":             {func(v, t float64) bool { return v < t }, "less than"},
	"LessThanOrEqualToThreshold":    {func(v, t float64) bool { return v <= t }, "less than or equal to"},
}

const (
	missing      = "missing"
	notBreaching = "notBreaching"
	breaching    = "breaching"
	ignore       = "ignore"
)

const (
	day            = 24 * 60 * 60
	maximumActions = 5 // AWS: PutMetricAlarm
	maximumName    = 255
)

// validate refuses what CloudWatch refuses (AWS: PutMetricAlarm,
// AWS::CloudWatch::Alarm) and what does not run here.
func (p Properties) validate() error {
	_, knownOperator := operators[p.ComparisonOperator]
	switch {
	case p.AlarmName == "" || len(p.AlarmName) > maximumName:
		return errors.New("its AlarmName must have 1 to 255 characters")
	case p.ThresholdMetricID != "":
		return errors.New("it watches an anomaly detection band, which exists on AWS only: use a Threshold")
	case !knownOperator:
		return fmt.Errorf("its ComparisonOperator is %q and must be GreaterThanThreshold, GreaterThanOrEqualToThreshold, LessThanThreshold or LessThanOrEqualToThreshold", p.ComparisonOperator)
	case p.Threshold == nil || math.IsNaN(float64(*p.Threshold)) || math.IsInf(float64(*p.Threshold), 0):
		return errors.New("it has no Threshold: set a number")
	case !slices.Contains([]string{"", missing, notBreaching, breaching, ignore}, p.TreatMissingData):
		return fmt.Errorf("its TreatMissingData is %q and must be missing, notBreaching, breaching or ignore", p.TreatMissingData)
	case !slices.Contains([]string{"", "evaluate", ignore}, p.EvaluateLowSampleCountPercentile):
		return fmt.Errorf("its EvaluateLowSampleCountPercentile is %q and must be evaluate or ignore", p.EvaluateLowSampleCountPercentile)
	case max(len(p.AlarmActions), len(p.OKActions), len(p.InsufficientDataActions)) > maximumActions:
		return errors.New("it has more than 5 actions for a state: send them to one topic")
	}
	if err := p.validateMetric(); err != nil {
		return err
	}
	return p.validatePeriods()
}

func (p Properties) validateMetric() error {
	if len(p.Metrics) > 0 {
		if p.Namespace != "" || p.MetricName != "" || p.statistic() != "" || p.Period != 0 || len(p.Dimensions) > 0 {
			return errors.New("it has Metrics and a metric of its own: keep one of the two")
		}
		return validateQueries(p.Metrics)
	}
	_, percentile := metrics.Percentile(p.ExtendedStatistic)
	_, percentileInStatistic := metrics.Percentile(p.Statistic)
	switch {
	case p.Namespace == "" || p.MetricName == "":
		return errors.New("it watches nothing: set Namespace and MetricName, or Metrics")
	case (p.Statistic == "") == (p.ExtendedStatistic == ""):
		return errors.New("it needs either a Statistic or an ExtendedStatistic")
	case p.ExtendedStatistic != "" && !percentile:
		return fmt.Errorf("its ExtendedStatistic is %q: p0 to p100 run here", p.ExtendedStatistic)
	case p.Statistic != "" && (percentileInStatistic || !metrics.ValidStatistic(p.Statistic)):
		return fmt.Errorf("its Statistic is %q and must be SampleCount, Average, Sum, Minimum or Maximum", p.Statistic)
	case p.EvaluateLowSampleCountPercentile != "" && !percentile:
		return errors.New("its EvaluateLowSampleCountPercentile is only for an ExtendedStatistic")
	}
	return nil
}

func (p Properties) validatePeriods() error {
	seconds := p.seconds()
	switch {
	case !whole(seconds/60) || seconds < 60:
		return fmt.Errorf("its Period is %v seconds and must be a multiple of 60: shorter ones exist on AWS only", seconds)
	case !whole(float64(p.EvaluationPeriods)) || p.EvaluationPeriods < 1:
		return fmt.Errorf("its EvaluationPeriods is %v and must be a whole number from 1", p.EvaluationPeriods)
	case !whole(float64(p.DatapointsToAlarm)) || p.DatapointsToAlarm < 0 || p.DatapointsToAlarm > p.EvaluationPeriods:
		return fmt.Errorf("its DatapointsToAlarm is %v and must be a whole number from 1 to EvaluationPeriods, %v", p.DatapointsToAlarm, p.EvaluationPeriods)
	case float64(p.EvaluationPeriods)*seconds > day:
		return fmt.Errorf("it looks back %v periods of %v seconds, more than a day: use fewer or shorter ones", p.EvaluationPeriods, seconds)
	}
	return nil
}

func whole(v float64) bool { return v == math.Trunc(v) && !math.IsInf(v, 0) }
