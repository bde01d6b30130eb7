package alarm

import (
	"time"

	"catalog/local/metrics"
)

// extra is how many data points more than EvaluationPeriods an evaluation
// retrieves. CloudWatch says that "the exact number depends on the length of
// the alarm period"; 2 more is what its document's example retrieves (5 for 3)
// and what runs here for every alarm.
const extra = 2

// retrieve reads the data points of the evaluation range: the periods that end
// with the last whole minute before now, oldest first, without the missing ones.
func (a *Alarm) retrieve(s *metrics.Store, now time.Time) []metrics.Point {
	count := a.of + extra
	if a.watched == "" {
		return s.Windows(a.Keys()[0], a.properties.statistic(), a.period, now, count)
	}
	end := now.Truncate(time.Minute)
	times := make([]time.Time, count)
	for i := range times {
		times[i] = end.Add(-time.Duration(count-i) * a.period).UTC()
	}
	series := map[string][]metrics.Point{}
	a.query(a.watched, series, s, times, now)
	return series[a.watched]
}

// query computes one of the alarm's Metrics after those that it uses. New saw
// to it that they are there and form no circle.
func (a *Alarm) query(id string, series map[string][]metrics.Point, s *metrics.Store, times []time.Time, now time.Time) {
	if _, done := series[id]; done {
		return
	}
	if expression := a.expressions[id]; expression != nil {
		for _, used := range expression.IDs() {
			a.query(used, series, s, times, now)
		}
		series[id] = expression.Evaluate(series, times)
		return
	}
	for _, q := range a.properties.Metrics {
		if q.ID == id {
			metric := q.MetricStat.Metric
			series[id] = s.Windows(key(metric.Namespace, metric.MetricName, metric.Dimensions), q.MetricStat.Stat, a.period, now, len(times))
		}
	}
}

// tooFewSamples says that a percentile rests on too few values and that the
// alarm wants to leave it then (AWS: "Percentile-based alarms and low data
// samples": fewer than 10/(1-percentile) in the evaluation periods; for those
// under a half, 10/percentile).
func (a *Alarm) tooFewSamples(s *metrics.Store, now time.Time) bool {
	p, percentile := metrics.Percentile(a.properties.ExtendedStatistic)
	if a.properties.EvaluateLowSampleCountPercentile != ignore || !percentile {
		return false
	}
	var samples float64
	for _, point := range s.Windows(a.Keys()[0], metrics.SampleCount, a.period, now, a.of) {
		samples += point.Value
	}
	return samples < 1000/min(p, 100-p) // p is in hundredths; at p0 and p100 never enough
}
