package metrics

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Expression is a metric math expression that was read and checked (AWS: "Using
// math expressions with CloudWatch metrics"). It never changes: one expression
// may be evaluated by many at once.
//
// What runs: numbers, ids, lists as [m1, m2], + - * / ^, unary minus,
// == != < <= > >=, AND && OR ||, parentheses, IF, FILL, MIN, MAX, SUM, AVG,
// ABS, CEIL, FLOOR, TIME_SERIES. Everything else is refused by ParseExpression.
//
// What a missing data point does:
//   - arithmetic has no data point where a time series has none, nor where it
//     divides by zero or leaves the numbers. AWS's document says that a missing
//     value counts as 0 in arithmetic; its consoles show gaps, which FILL is
//     there to close, and gaps are what is done here.
//   - comparisons and AND, OR between two time series count the one that is
//     missing as 0 when the other is there, as the document's table shows.
//   - IF and FILL: see mathif.go. SUM, MIN and MAX of a list leave missing
//     values out, AVG counts them as 0.
type Expression struct {
	text string
	root *node
	ids  []string
}

// ParseExpression reads an expression of at most 2,048 characters. As
// CloudWatch it refuses one that does not end in one time series: a number, a
// list, MAX(m1). An error names the character, from 1, where the trouble is.
func ParseExpression(text string) (*Expression, error) {
	root, err := parseMath(text)
	if err == nil {
		err = root.check()
	}
	if err == nil && root.kind != oneSeries {
		err = &mathError{root.position, "the whole is " + root.kind.String() + " and it must be one time series: use TIME_SERIES for a number, SUM or another function for a list"}
	}
	if err != nil {
		return nil, fmt.Errorf("the metric math expression %q cannot be read: %w", text, err)
	}
	ids := map[string]bool{}
	root.walk(func(n *node) {
		if n.op == opID {
			ids[n.text] = true
		}
	})
	return &Expression{text, root, slices.Sorted(maps.Keys(ids))}, nil
}

// IDs lists the ids that the expression uses, sorted, each once.
func (e *Expression) IDs() []string { return slices.Clone(e.ids) }

// String is the expression as it was written.
func (e *Expression) String() string { return e.text }

// Evaluate computes the expression at each of times, in their order, and leaves
// out those where there is no result. The series are found by id; one that is
// not given is one without data points, and a data point at none of the times
// is not seen. FILL with REPEAT or LINEAR wants times oldest first.
func (e *Expression) Evaluate(series map[string][]Point, times []time.Time) []Point {
	index := make(map[int64]int, len(times))
	for i, t := range times {
		index[t.UnixNano()] = i
	}
	v := evaluation{ids: map[string][]sample{}, times: times}
	for _, id := range e.ids {
		samples := make([]sample, len(times))
		for _, p := range series[id] {
			if i, ok := index[p.Time.UnixNano()]; ok {
				samples[i] = known(p.Value)
			}
		}
		v.ids[id] = samples
	}
	var points []Point
	for i, s := range v.node(e.root).rows[0] {
		if s.ok {
			points = append(points, Point{times[i], s.v})
		}
	}
	return points
}

// evaluation is one evaluation of an expression.
type evaluation struct {
	ids   map[string][]sample
	times []time.Time
}

func (e *evaluation) node(n *node) value {
	switch n.op {
	case opNumber:
		return scalarOf(known(n.number))
	case opID:
		return value{oneSeries, [][]sample{e.ids[n.text]}}
	case opWord:
		return value{}
	}
	arguments := make([]value, len(n.arguments))
	for i, argument := range n.arguments {
		arguments[i] = e.node(argument)
	}
	switch n.op {
	case opList:
		list := value{kind: manySeries}
		for _, argument := range arguments {
			list.rows = append(list.rows, argument.rows...)
		}
		return list
	case opNegative:
		return arguments[0].each(func(v float64) float64 { return -v })
	case opCall:
		return functions[n.text].apply(e, n, arguments)
	default:
		return operators[n.text].apply(arguments[0], arguments[1])
	}
}
