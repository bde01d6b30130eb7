package console

import (
	"fmt"
	"strings"
	"time"
)

// chart is a line chart in SVG. Whatever has a place has it in percent of the
// picture, so that texts keep their size on any screen; the lines alone are in
// a picture within, which is stretched.
type chart struct {
	Describe       string // the picture in words
	Left, Top      string // the plot's place and size
	Width, Height  string
	Rows, RowsRear []tick // of the left and the right axis
	Columns        []tick
	Lines          []curve
	Marks          []mark
	Unit, UnitRear string
	Empty          bool
}

// tick is a line across or down, and its text.
type tick struct{ At, Text string }

// curve is a line of the legend and of the plot.
type curve struct {
	Path, Dots string // Dots are points that no line leads to
	Color      string
	// Look is 0 to 7: a colour and a pattern of dashes of the style.
	Look int
	reading
	Rear bool
}

// mark is a horizontal annotation.
type mark struct{ At, Label, Value, Color string }

// Percent of the picture around the plot.
const (
	topGap, bottomGap = 5.0, 11.0
	lookCount         = 8
	// plotSize is the width and height of the plot's own coordinates.
	plotSize = 1000.0
)

// newChart draws lines. A widget that is wide leaves less of itself to the
// axis: its texts are no larger.
func newChart(title string, lines []line, annotations []annotation, left, rear axisBody, over timeRange, columns int) *chart {
	side := max(5, min(13, 110/float64(columns)))
	rearSide := 2.0
	for _, l := range lines {
		if l.Right {
			rearSide = side
		}
	}
	width, height := 100-side-rearSide, 100-topGap-bottomGap
	c := &chart{
		Left: percentOf(side), Top: percentOf(topGap), Width: percentOf(width), Height: percentOf(height),
		Unit: left.Label, UnitRear: rear.Label, Empty: true,
	}
	axes := map[bool]axis{false: newAxis(valuesOf(lines, annotations, false), left), true: newAxis(valuesOf(lines, annotations, true), rear)}
	down := func(a axis, v float64) string { return percentOf(topGap + height*(1-a.place(v))) }
	for _, v := range axes[false].ticks {
		c.Rows = append(c.Rows, tick{down(axes[false], v), writeNumber(v)})
	}
	for _, l := range lines {
		if l.Right && len(c.RowsRear) == 0 {
			for _, v := range axes[true].ticks {
				c.RowsRear = append(c.RowsRear, tick{down(axes[true], v), writeNumber(v)})
			}
		}
	}
	for _, at := range timeTicks(over) {
		c.Columns = append(c.Columns, tick{percentOf(side + width*over.place(at)), at.Format("15:04")})
	}
	for i, l := range lines {
		c.Lines = append(c.Lines, curve{
			Color: l.Color, Look: i % lookCount, reading: l.last(), Rear: l.Right,
		})
		last := &c.Lines[i]
		last.Path, last.Dots = drawLine(l, axes[l.Right], over)
		c.Empty = c.Empty && len(l.Points) == 0
	}
	for _, a := range annotations {
		c.Marks = append(c.Marks, mark{down(axes[right(a.YAxis)], a.Value), a.Label, writeNumber(a.Value), colorOf(a.Color)})
	}
	c.Describe = c.describe(title, over)
	return c
}

func percentOf(f float64) string { return fmt.Sprintf("%.2f%%", f) }

func valuesOf(lines []line, annotations []annotation, rear bool) []float64 {
	var all []float64
	for _, l := range lines {
		if l.Right == rear {
			for _, p := range l.Points {
				all = append(all, p.Value)
			}
		}
	}
	for _, a := range annotations {
		if right(a.YAxis) == rear {
			all = append(all, a.Value)
		}
	}
	return all
}

// place is how far a moment is into the range, held to 0 and 1.
func (r timeRange) place(at time.Time) float64 {
	return min(max(float64(at.Sub(r.From))/float64(r.To.Sub(r.From)), 0), 1)
}

// drawLine draws a line through the points, and breaks it where periods have no
// data. A point that stands alone is a line of no length, which round ends make
// a dot.
func drawLine(l line, a axis, over timeRange) (path, dots string) {
	var lines, alone strings.Builder
	joined := func(i int) bool {
		return i > 0 && i < len(l.Points) && l.Points[i].Time.Sub(l.Points[i-1].Time) <= l.Period
	}
	for i, p := range l.Points {
		x, y := plotSize*over.place(p.Time), plotSize*(1-a.place(p.Value))
		switch {
		case joined(i):
			fmt.Fprintf(&lines, "L%.1f %.1f", x, y)
		case joined(i + 1):
			fmt.Fprintf(&lines, "M%.1f %.1f", x, y)
		default:
			fmt.Fprintf(&alone, "M%.1f %.1fh0", x, y)
		}
	}
	return lines.String(), alone.String()
}

// describe says what who cannot see the picture needs.
func (c *chart) describe(title string, over timeRange) string {
	if title == "" {
		title = "Chart"
	}
	text := fmt.Sprintf("%s, from %s to %s", title, over.From.Format("15:04"), over.To.Format("15:04"))
	for _, l := range c.Lines {
		if l.Known {
			text += fmt.Sprintf("; %s is %s at last", l.Label, writeNumber(l.Value))
		} else {
			text += fmt.Sprintf("; %s has no data", l.Label)
		}
	}
	return text
}
