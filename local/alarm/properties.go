package alarm

import "catalog/local/metrics"

// Properties are those of AWS::CloudWatch::Alarm, with every intrinsic
// resolved. Decode them with encoding/json.
type Properties struct {
	AlarmName        string
	AlarmDescription string

	ActionsEnabled          *Boolean // nil: true
	AlarmActions            []string
	OKActions               []string
	InsufficientDataActions []string

	// Either one metric …
	Namespace         string
	MetricName        string
	Dimensions        []Dimension
	Statistic         string // Sum, Average, …
	ExtendedStatistic string // p99, …
	Period            Number // seconds
	Unit              string
	// … or several, one of which is watched.
	Metrics []Query

	ComparisonOperator               string
	Threshold                        *Number
	ThresholdMetricID                string `json:"ThresholdMetricId"` // anomaly detection: refused
	EvaluationPeriods                Number // N
	DatapointsToAlarm                Number // M; 0: N
	TreatMissingData                 string // missing (also ""), notBreaching, breaching, ignore
	EvaluateLowSampleCountPercentile string // evaluate (also ""), ignore
}

// Dimension is one dimension of a metric.
type Dimension struct{ Name, Value string }

// Query is a MetricDataQuery: a metric or a metric math expression, with an id
// that other expressions use.
type Query struct {
	ID         string `json:"Id"`
	Label      string
	Expression string
	MetricStat *MetricStat
	Period     Number   // seconds; for expressions without a metric
	ReturnData *Boolean // nil: true. The one with true is watched
}

// MetricStat is a metric's statistic.
type MetricStat struct {
	Metric struct {
		Namespace, MetricName string
		Dimensions            []Dimension
	}
	Period Number // seconds
	Stat   string
	Unit   string
}

func key(namespace, name string, dimensions []Dimension) metrics.Key {
	byName := make(map[string]string, len(dimensions))
	for _, d := range dimensions {
		byName[d.Name] = d.Value
	}
	return metrics.NewKey(namespace, name, byName)
}

// statistic is the one of Statistic and ExtendedStatistic that is set.
func (p Properties) statistic() string { return p.Statistic + p.ExtendedStatistic }

// seconds is how long a data point is.
func (p Properties) seconds() float64 {
	seconds := p.Period
	for _, q := range p.Metrics {
		if q.MetricStat != nil {
			return float64(q.MetricStat.Period)
		}
		seconds = max(seconds, q.Period)
	}
	return float64(seconds)
}

func (q Query) watched() bool { return q.ReturnData == nil || bool(*q.ReturnData) }
