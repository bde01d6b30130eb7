package metrics

import "math"

// largest is CloudWatch's largest value, 2^360 (AWS: MetricDatum).
var largest = math.Ldexp(1, 360)

// Distribution is a set of values in little memory: count, sum, minimum and
// maximum are exact, percentiles are within 1 %. A million values take no more
// memory than the few hundred buckets that they fall into. The zero value is
// empty and ready. It is not safe for concurrent use.
type Distribution struct {
	count, sum, min, max float64
	buckets              buckets
}

// Add adds one value.
func (d *Distribution) Add(v float64) { d.AddN(v, 1) }

// AddN adds a value that was seen n times. It ignores what CloudWatch refuses
// (AWS: PutMetricData): NaN, infinities, values beyond ±2^360; and an n that is
// not a positive number up to the same bound.
func (d *Distribution) AddN(v, n float64) {
	if !(math.Abs(v) <= largest) || !(n > 0 && n <= largest) {
		return
	}
	if d.count == 0 {
		d.min, d.max = v, v
	}
	d.min, d.max = min(d.min, v), max(d.max, v)
	d.count += n
	d.sum += v * n
	d.buckets.add(bucketIndex(v), n)
}

// Merge adds what o holds; o stays as it is and may be nil.
func (d *Distribution) Merge(o *Distribution) {
	if o == nil || o.count == 0 {
		return
	}
	if d.count == 0 {
		d.min, d.max = o.min, o.max
	}
	d.min, d.max = min(d.min, o.min), max(d.max, o.max)
	d.count += o.count
	d.sum += o.sum
	if len(d.buckets) == 0 {
		d.buckets = append(d.buckets, o.buckets...)
		return
	}
	for _, b := range o.buckets {
		d.buckets.add(b.index, b.count)
	}
}

// Reset empties the distribution and keeps its memory for what comes next.
func (d *Distribution) Reset() { *d = Distribution{buckets: d.buckets[:0]} }
