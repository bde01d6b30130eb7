package growth

import (
	"strings"
	"testing"
)

func curve(values ...float64) *Curve {
	c := &Curve{Name: "test", Title: "a test", X: "products"}
	x := 10.0
	for _, v := range values {
		c.Points = append(c.Points, Point{X: x, Latency: Values{{"p50", v}}, CPU: Values{{"API", 3 * v}}})
		x *= 10
	}
	return c
}

// TestI7_TheKneeIsWhereCostDoubles, or there is none.
func TestI7_TheKneeIsWhereCostDoubles(t *testing.T) {
	t.Parallel()
	latency := func(p Point) float64 { return p.Latency.of("p50") }
	c := curve(1, 1.5, 2.5, 9)
	if got := c.knee("a get", latency); !strings.Contains(got, "from 1000 on") || !strings.Contains(got, "of 10 ") {
		t.Errorf("it says %s", got)
	}
	if got := curve(1, 1.1, 1.9).knee("a get", latency); !strings.Contains(got, "no knee up to 1000: 1.9 times") {
		t.Errorf("it says %s", got)
	}
}

func TestI7_TheTableHasEveryPoint(t *testing.T) {
	t.Parallel()
	table := curve(1, 2, 4).Table()
	for _, line := range []string{"| products | p50, ms | API, µs of CPU |", "| 10 | 1.00 | 3 |", "| 1000 | 4.00 | 12 |"} {
		if !strings.Contains(table, line+"\n") {
			t.Errorf("it lacks %q:\n%s", line, table)
		}
	}
	if svg := curve(1, 2, 4).SVG(); strings.Count(svg, "<polyline") != 2 {
		t.Errorf("the picture has not one line for each series:\n%s", svg)
	}
}
