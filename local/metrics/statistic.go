package metrics

import (
	"math"
	"strconv"
	"strings"
)

// The statistics that have a name (AWS: "CloudWatch statistics definitions").
// The percentiles, p0 to p100 with decimals as in p99.9, come on top. Trimmed
// means and their kin (tm99, IQM, PR, …) do not run here.
const (
	Sum         = "Sum"
	Average     = "Average"
	Minimum     = "Minimum"
	Maximum     = "Maximum"
	SampleCount = "SampleCount"
)

// ValidStatistic says whether Statistic knows the statistic. Names are
// spelled exactly as CloudWatch spells them.
func ValidStatistic(stat string) bool {
	switch stat {
	case Sum, Average, Minimum, Maximum, SampleCount:
		return true
	}
	_, ok := Percentile(stat)
	return ok
}

// Percentile gives the 99 of p99, from 0 to 100; false for anything else.
func Percentile(stat string) (float64, bool) {
	digits, ok := strings.CutPrefix(stat, "p")
	if !ok || digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return 0, false
	}
	p, err := strconv.ParseFloat(digits, 64)
	return p, err == nil && p <= 100
}

// Statistic answers a statistic of the values; false when there are none or
// the statistic is unknown. As on AWS ("CloudWatch statistics definitions"),
// there is no percentile when a value is negative.
func (d *Distribution) Statistic(stat string) (float64, bool) {
	if d.count == 0 {
		return 0, false
	}
	switch stat {
	case Sum:
		return d.sum, true
	case Average:
		// Rounding must not carry an average beyond the values.
		return min(max(d.sum/d.count, d.min), d.max), true
	case Minimum:
		return d.min, true
	case Maximum:
		return d.max, true
	case SampleCount:
		return d.count, true
	}
	p, ok := Percentile(stat)
	if !ok || d.min < 0 {
		return 0, false
	}
	return d.percentile(p), true
}

func (d *Distribution) percentile(p float64) float64 {
	switch p {
	case 0:
		return d.min
	case 100:
		return d.max
	}
	// The value at the rank, never beyond what was really seen: a minute with
	// one value is exact.
	rank := max(1, math.Ceil(p/100*d.count))
	return min(max(d.buckets.valueAt(rank), d.min), d.max)
}
