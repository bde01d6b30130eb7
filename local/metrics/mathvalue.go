package metrics

import "math"

// sample is a number, or none.
type sample struct {
	v  float64
	ok bool
}

// known is a number that is one: a division by zero or an overflow leaves no
// data point, as CloudWatch drops it.
func known(v float64) sample {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return sample{}
	}
	return sample{v, true}
}

// value is what a part of an expression comes to: one row for each time series,
// with a sample for each time. A number is one row with one sample.
type value struct {
	kind kind
	rows [][]sample
}

func scalarOf(s sample) value { return value{scalar, [][]sample{{s}}} }

// row gives the row that stands beside row i of another value.
func (v value) row(i int) []sample {
	if len(v.rows) == 1 {
		return v.rows[0]
	}
	return v.rows[i]
}

// sampleAt gives the sample for a time; a number is the same at every time.
func (v value) sampleAt(row, time int) sample {
	if v.kind == scalar {
		return v.rows[0][0]
	}
	return v.row(row)[time]
}

// each applies f to every number.
func (v value) each(f func(float64) float64) value {
	result := value{kind: v.kind}
	for _, row := range v.rows {
		samples := make([]sample, len(row))
		for i, s := range row {
			if s.ok {
				samples[i] = known(f(s.v))
			}
		}
		result.rows = append(result.rows, samples)
	}
	return result
}

// combine computes a value's samples from those of others beside one another:
// numbers are spread over times, a single time series over a list.
func combine(f func([]sample) sample, values ...value) value {
	result := value{kind: scalar}
	rows, times := 1, 1
	for _, v := range values {
		result.kind = max(result.kind, v.kind)
		rows = max(rows, len(v.rows))
		if v.kind != scalar {
			times = len(v.rows[0])
		}
	}
	beside := make([]sample, len(values))
	for r := range rows {
		samples := make([]sample, times)
		for t := range times {
			for i, v := range values {
				beside[i] = v.sampleAt(r, t)
			}
			samples[t] = f(beside)
		}
		result.rows = append(result.rows, samples)
	}
	return result
}

// operator is what stands between two values.
type operator struct {
	compute func(a, b float64) float64
	// zero counts one missing side as 0 when both sides are time series (AWS:
	// "Comparison and logical operators").
	zero bool
}

var operators = map[string]operator{
	"+":  {compute: func(a, b float64) float64 { return a + b }},
	"-":  {compute: func(a, b float64) float64 { return a - b }},
	"*":  {compute: func(a, b float64) float64 { return a * b }},
	"/":  {compute: func(a, b float64) float64 { return a / b }},
	"^":  {compute: math.Pow},
	"==": {func(a, b float64) float64 { return truth(a == b) }, true},
	"!=": {func(a, b float64) float64 { return truth(a != b) }, true},
	"<":  {func(a, b float64) float64 { return truth(a < b) }, true},
	"<=": {func(a, b float64) float64 { return truth(a <= b) }, true},
	">":  {func(a, b float64) float64 { return truth(a > b) }, true},
	">=": {func(a, b float64) float64 { return truth(a >= b) }, true},

	"AND": {and, true}, "&&": {and, true}, "OR": {or, true}, "||": {or, true},
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func and(a, b float64) float64 { return truth(a != 0 && b != 0) }
func or(a, b float64) float64  { return truth(a != 0 || b != 0) }

func (o operator) apply(a, b value) value {
	zero := o.zero && a.kind != scalar && b.kind != scalar
	return combine(func(s []sample) sample {
		bothThere := s[0].ok && s[1].ok
		if !bothThere && !(zero && (s[0].ok || s[1].ok)) {
			return sample{}
		}
		return known(o.compute(s[0].v, s[1].v)) // a missing sample's v is 0
	}, a, b)
}
