package metrics

import (
	"bytes"
	"encoding/json"
	"time"
)

// Limits of AWS's "Specification: Embedded metric format".
const (
	maximumDimensions = 30  // names in a dimension set
	maximumMetrics    = 100 // metrics in a directive
	maximumValues     = 100 // values of a metric
)

// Datum is what a log line says about one metric: at least one value.
type Datum struct {
	Key    Key
	Time   time.Time
	Values []float64
}

// emfMark is in every line of the format; most log lines are told by it,
// without reading their JSON.
var emfMark = []byte(`"_aws"`)

// ParseEMF reads a log line in CloudWatch's embedded metric format (AWS:
// "Specification: Embedded metric format"). It gives one datum for each metric
// and dimension set; false for a line that has none. Of a line that breaks the
// specification in parts, the rest is read: a metric whose target is no number
// and a dimension set whose target is no string are left out.
func ParseEMF(line []byte) ([]Datum, bool) {
	if !bytes.Contains(line, emfMark) {
		return nil, false
	}
	var root map[string]json.RawMessage
	if json.Unmarshal(line, &root) != nil {
		return nil, false
	}
	var metadata struct {
		Timestamp         *int64
		CloudWatchMetrics []directive
	}
	if json.Unmarshal(root["_aws"], &metadata) != nil || metadata.Timestamp == nil {
		return nil, false
	}
	at := time.UnixMilli(*metadata.Timestamp).UTC()
	var data []Datum
	for _, d := range metadata.CloudWatchMetrics {
		data = d.read(data, root, at)
	}
	return data, len(data) > 0
}

// directive is the specification's MetricDirective.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []struct{ Name string }
}

func (d directive) read(data []Datum, root map[string]json.RawMessage, at time.Time) []Datum {
	if d.Namespace == "" || len(d.Metrics) > maximumMetrics {
		return data
	}
	for _, names := range d.Dimensions {
		dimensions, ok := dimensionTargets(root, names)
		if !ok {
			continue
		}
		for _, metric := range d.Metrics {
			if values := metricTarget(root[metric.Name]); metric.Name != "" && len(values) > 0 {
				data = append(data, Datum{NewKey(d.Namespace, metric.Name, dimensions), at, values})
			}
		}
	}
	return data
}

func dimensionTargets(root map[string]json.RawMessage, names []string) (map[string]string, bool) {
	if len(names) > maximumDimensions {
		return nil, false
	}
	dimensions := make(map[string]string, len(names))
	for _, name := range names {
		var value *string
		if json.Unmarshal(root[name], &value) != nil || value == nil {
			return nil, false
		}
		dimensions[name] = *value
	}
	return dimensions, true
}

// metricTarget reads a number or an array of numbers; null is neither.
func metricTarget(target json.RawMessage) []float64 {
	var one *float64
	if json.Unmarshal(target, &one) == nil && one != nil {
		return []float64{*one}
	}
	var many []*float64
	if json.Unmarshal(target, &many) != nil || len(many) > maximumValues {
		return nil
	}
	values := make([]float64, 0, len(many))
	for _, v := range many {
		if v == nil {
			return nil
		}
		values = append(values, *v)
	}
	return values
}
