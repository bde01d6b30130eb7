// Package plot draws line charts as SVG: panels side by side, axes that may be
// logarithmic, and one line a series. It is as small as the benchmarks need.
package plot

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Figure is some panels under a title.
type Figure struct {
	Title  string
	Panels []Panel
}

// Panel is one chart. A logarithmic axis has no place for 0 and below.
type Panel struct {
	X, Y       string
	LogX, LogY bool
	Series     []Series
}

// Series is one line.
type Series struct {
	Name   string
	Points []Point
}

// Point is a value at a place.
type Point struct{ X, Y float64 }

// Sizes are in pixels.
const (
	width, height                = 420, 300
	left, right, top, bottom     = 62, 16, 58, 46
	titleSize, textSize, dotSize = 15, 11, 3
)

// colours are told apart by those who do not see red and green as well (Okabe
// and Ito, "Color Universal Design").
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"}

// SVG is the figure's document.
func (f Figure) SVG() string {
	var b strings.Builder
	total := width * len(f.Panels)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="%d">`+"\n", total, height, textSize)
	fmt.Fprintf(&b, `<title>%s</title><rect width="%d" height="%d" fill="white"/>`+"\n", html.EscapeString(f.Title), total, height)
	fmt.Fprintf(&b, `<text x="%d" y="22" font-size="%d">%s</text>`+"\n", left, titleSize, html.EscapeString(f.Title))
	for i, p := range f.Panels {
		fmt.Fprintf(&b, `<g transform="translate(%d,0)">`+"\n", i*width)
		p.draw(&b)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (p Panel) draw(b *strings.Builder) {
	x, y := p.axis(p.LogX, func(q Point) float64 { return q.X }), p.axis(p.LogY, func(q Point) float64 { return q.Y })
	across := func(v float64) float64 { return left + x.at(v)*(width-left-right) }
	up := func(v float64) float64 { return height - bottom - y.at(v)*(height-top-bottom) }
	for _, v := range y.ticks {
		fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left, up(v), width-right, left-6, up(v)+4, short(v))
	}
	for _, v := range x.ticks {
		fmt.Fprintf(b, `<path d="M%.1f %dV%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", across(v), top, height-bottom, across(v), height-bottom+16, short(v))
	}
	fmt.Fprintf(b, `<path d="M%d %dV%dH%d" fill="none" stroke="#333"/>`+"\n", left, top, height-bottom, width-right)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (left+width-right)/2, height-10, html.EscapeString(p.X))
	fmt.Fprintf(b, `<text transform="translate(14,%d) rotate(-90)" text-anchor="middle">%s</text>`+"\n", (top+height-bottom)/2, html.EscapeString(p.Y))
	for i, s := range p.Series {
		colour := colours[i%len(colours)]
		var line []string
		for _, q := range s.Points {
			line = append(line, fmt.Sprintf("%.1f,%.1f", across(q.X), up(q.Y)))
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="%d" fill="%s"/>`, across(q.X), up(q.Y), dotSize, colour)
		}
		fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", strings.Join(line, " "), colour)
		at := left + i*(width-left-right)/len(p.Series)
		fmt.Fprintf(b, `<text x="%d" y="44" fill="%s">● %s</text>`+"\n", at, colour, html.EscapeString(s.Name))
	}
}

// axis maps values to 0 to 1.
type axis struct {
	low, high float64
	log       bool
	ticks     []float64
}

func (p Panel) axis(log bool, of func(Point) float64) axis {
	a := axis{low: math.Inf(1), high: math.Inf(-1), log: log}
	for _, s := range p.Series {
		for _, q := range s.Points {
			a.low, a.high = min(a.low, of(q)), max(a.high, of(q))
		}
	}
	if log {
		a.low, a.high = math.Pow(10, math.Floor(math.Log10(a.low))), math.Pow(10, math.Ceil(math.Log10(a.high)))
		if a.low == a.high {
			a.high *= 10
		}
		for v := a.low; v <= a.high*1.001; v *= 10 {
			a.ticks = append(a.ticks, v)
		}
		return a
	}
	a.low = 0
	step := nice(a.high / 4)
	for v := 0.0; ; v += step {
		a.ticks = append(a.ticks, v)
		if v >= a.high && v > 0 {
			a.high = v
			return a
		}
	}
}

// nice rounds a step up to 1, 2 or 5 times a power of ten.
func nice(step float64) float64 {
	if !(step > 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 5} {
		if step <= m*power {
			return m * power
		}
	}
	return 10 * power
}

func (a axis) at(v float64) float64 {
	if a.log {
		return math.Log(v/a.low) / math.Log(a.high/a.low)
	}
	return (v - a.low) / (a.high - a.low)
}

// short writes a number as on an axis.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%g k", v/1e3)
	}
	return fmt.Sprintf("%.4g", v)
}
