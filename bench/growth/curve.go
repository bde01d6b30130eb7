// Package growth measures how cost grows: with the size of the catalog, the
// depth of a page, the size of a result, the number of clients and of tasks.
//
//	curve.go        a curve, its knee, its picture
//	size.go         the catalog's size, while it fills
//	page.go         page depth and result size
//	concurrency.go  clients
//	tasks.go        tasks on one database
package growth

import (
	"fmt"
	"strings"

	"catalog/bench/measure"
	"catalog/bench/plot"
)

// Curve is how some values grow with another.
type Curve struct {
	// Name is its picture's too; Title and X say what it is.
	Name  string `json:"name"`
	Title string `json:"title"`
	X     string `json:"x"`
	// Points are in order of X.
	Points []Point `json:"points"`
	// Knee is where it bends, in a sentence.
	Knee string `json:"knee"`
	// Log: X grows by factors.
	Log bool `json:"log_x"`
}

// Point is what was measured at one place: latencies in milliseconds and CPU in
// microseconds, by series.
type Point struct {
	X       float64 `json:"x"`
	Latency Values  `json:"latency_ms"`
	CPU     Values  `json:"cpu_us"`
	Rate    Values  `json:"requests_per_second,omitempty"`
}

// Values are named, in order.
type Values []Value

// Value is one of them.
type Value struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

func (v Values) of(name string) float64 {
	for _, one := range v {
		if one.Name == name {
			return one.Value
		}
	}
	return 0
}

// bend is how much more than at the beginning counts as a knee.
const bend = 2

// knee says where a series has become bend times what it was at first.
func (c *Curve) knee(what string, of func(Point) float64) string {
	first, last := c.Points[0], c.Points[len(c.Points)-1]
	for _, p := range c.Points[1:] {
		if of(p) > bend*of(first) {
			return fmt.Sprintf("%s is more than %d times that of %s from %s on (%s instead of %s)", what, bend, Number(first.X), Number(p.X), figure(of(p)), figure(of(first)))
		}
	}
	return fmt.Sprintf("%s has no knee up to %s: %.3g times that of %s", what, Number(last.X), of(last)/of(first), Number(first.X))
}

// figure writes a measured value with three digits.
func figure(v float64) string {
	if v >= 100 {
		return measure.Thousands(v)
	}
	return fmt.Sprintf("%.3g", v)
}

// Number writes a count as people say it.
func Number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%g k", v/1e3)
	}
	return fmt.Sprintf("%g", v)
}

// SVG is the curve's picture.
func (c *Curve) SVG() string {
	figure := plot.Figure{Title: c.Title}
	for _, panel := range []struct {
		y  string
		of func(Point) Values
	}{
		{"latency, ms", func(p Point) Values { return p.Latency }},
		{"CPU a request, µs", func(p Point) Values { return p.CPU }},
		{"requests a second", func(p Point) Values { return p.Rate }},
	} {
		if len(panel.of(c.Points[0])) > 0 {
			figure.Panels = append(figure.Panels, plot.Panel{X: c.X, Y: panel.y, LogX: c.Log, Series: c.series(panel.of)})
		}
	}
	return figure.SVG()
}

func (c *Curve) series(of func(Point) Values) []plot.Series {
	var all []plot.Series
	for _, v := range of(c.Points[0]) {
		s := plot.Series{Name: v.Name}
		for _, p := range c.Points {
			s.Points = append(s.Points, plot.Point{X: p.X, Y: of(p).of(v.Name)})
		}
		all = append(all, s)
	}
	return all
}

// Table is the curve in Markdown.
func (c *Curve) Table() string {
	var b strings.Builder
	head, rule := "| "+c.X+" |", "|---|"
	for _, group := range c.Points[0].groups() {
		for _, v := range group.values {
			head, rule = head+" "+v.Name+", "+group.unit+" |", rule+"---|"
		}
	}
	b.WriteString(head + "\n" + rule + "\n")
	for _, p := range c.Points {
		b.WriteString("| " + Number(p.X) + " |")
		for _, group := range p.groups() {
			for _, v := range group.values {
				fmt.Fprintf(&b, " "+group.format+" |", v.Value)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

type group struct {
	unit, format string
	values       Values
}

func (p Point) groups() []group {
	return []group{{"ms", "%.2f", p.Latency}, {"µs of CPU", "%.0f", p.CPU}, {"requests/s", "%.0f", p.Rate}}
}
