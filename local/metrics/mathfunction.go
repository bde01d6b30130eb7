package metrics

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// function is a function of metric math (AWS: "Functions supported for metric
// math").
type function struct {
	least, most int    // number of arguments
	usage       string // for people
	result      func(arguments []*node) (kind, bool)
	apply       func(e *evaluation, n *node, arguments []value) value
}

var functions map[string]function

// The table is filled here since the parser, which the functions need not, asks
// it for names.
func init() {
	functions = map[string]function{
		"MIN":         reduction(func(s []float64, _ int) float64 { return slices.Min(s) }),
		"MAX":         reduction(func(s []float64, _ int) float64 { return slices.Max(s) }),
		"SUM":         reduction(func(s []float64, _ int) float64 { return total(s) }),
		"AVG":         reduction(func(s []float64, of int) float64 { return total(s) / float64(of) }),
		"ABS":         mapping(math.Abs),
		"CEIL":        mapping(math.Ceil),
		"FLOOR":       mapping(math.Floor),
		"TIME_SERIES": {1, 1, "a number", timeSeriesKind, timeSeries},
		"IF":          {2, 3, "a condition, a value and maybe another value, none of them a list", ifKind, applyIf},
		"FILL":        {2, 2, "a time series or a list, and a number, a time series, REPEAT or LINEAR", fillKind, applyFill},
	}
}

func functionNames() string {
	return strings.Join(slices.Sorted(maps.Keys(functions)), ", ")
}

func total(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum
}

// mapping is a function of each number.
func mapping(f func(float64) float64) function {
	return function{
		1, 1, "a time series or a list",
		func(a []*node) (kind, bool) { return a[0].kind, true },
		func(_ *evaluation, _ *node, a []value) value { return a[0].each(f) },
	}
}

// reduction makes one time series of a list, and one number of a time series. f
// gets the numbers that are there, at least one, and how many there could be;
// of a single time series, AWS averages "all the data points", so there none
// could be more.
func reduction(f func(there []float64, of int) float64) function {
	result := func(a []*node) (kind, bool) { return a[0].kind - 1, a[0].kind > scalar }
	apply := func(e *evaluation, _ *node, a []value) value {
		if a[0].kind == oneSeries {
			there := thereOf(a[0].rows[0])
			return scalarOf(reduce(f, there, len(there)))
		}
		samples := make([]sample, len(e.times))
		beside := make([]sample, len(a[0].rows))
		for t := range samples {
			for r, row := range a[0].rows {
				beside[r] = row[t]
			}
			samples[t] = reduce(f, thereOf(beside), len(beside))
		}
		return value{oneSeries, [][]sample{samples}}
	}
	return function{1, 1, "one time series or one list as [m1, m2]", result, apply}
}

func reduce(f func([]float64, int) float64, there []float64, of int) sample {
	if len(there) == 0 {
		return sample{}
	}
	return known(f(there, of))
}

func thereOf(samples []sample) []float64 {
	var there []float64
	for _, s := range samples {
		if s.ok {
			there = append(there, s.v)
		}
	}
	return there
}

func timeSeriesKind(a []*node) (kind, bool) { return oneSeries, a[0].kind == scalar }

func timeSeries(e *evaluation, _ *node, a []value) value {
	return value{oneSeries, [][]sample{slices.Repeat(a[0].rows[0], len(e.times))}}
}
