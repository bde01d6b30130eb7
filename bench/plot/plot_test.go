package plot

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// TestI7_FigureIsWellFormed: browsers draw nothing of a document that is not.
func TestI7_FigureIsWellFormed(t *testing.T) {
	t.Parallel()
	figure := Figure{Title: "a < b & c", Panels: []Panel{
		{X: "products", Y: "µs", LogX: true, LogY: true, Series: []Series{{"get", []Point{{1e3, 50}, {1e6, 80}}}, {"list", []Point{{1e3, 90}}}}},
		{X: "tasks", Y: "ms", Series: []Series{{"<p99>", []Point{{1, 0}, {4, 0}}}}},
	}}
	text := figure.SVG()
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
	for _, wanted := range []string{"a &lt; b", "1 M", "● get", "<polyline"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("it lacks %q", wanted)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("it has a number that is none:\n%s", text)
	}
}

// TestI7_AxesHoldTheirValues: the least and the greatest are on the chart.
func TestI7_AxesHoldTheirValues(t *testing.T) {
	t.Parallel()
	for _, log := range []bool{false, true} {
		p := Panel{Series: []Series{{"", []Point{{1, 3}, {10, 42}, {100, 970}}}}}
		a := p.axis(log, func(q Point) float64 { return q.Y })
		for _, v := range []float64{3, 42, 970} {
			if at := a.at(v); at < 0 || at > 1 {
				t.Errorf("log %v: %g is at %g of the axis", log, v, at)
			}
		}
		if len(a.ticks) < 3 || len(a.ticks) > 8 {
			t.Errorf("log %v: the ticks are %v", log, a.ticks)
		}
	}
}
