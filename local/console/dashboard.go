package console

import (
	"encoding/json"
	"fmt"
	"time"
)

// dashboard is the body of an AWS::CloudWatch::Dashboard as far as it is drawn.
type dashboard struct {
	Start, End string
	Widgets    []widgetBody
}

// widgetBody is one widget. Without X and Y it takes the next place that is
// free.
type widgetBody struct {
	Type          string
	X, Y          *int
	Width, Height int
	Properties    json.RawMessage
}

// The grid has 24 columns; a widget that does not say so is 6 by 6.
const (
	gridColumns   = 24
	defaultExtent = 6
	maxHeight     = 1000
	maxWidgets    = 500
)

// parseDashboard reads a body and holds it against AWS's bounds.
func parseDashboard(body string) (*dashboard, error) {
	var d dashboard
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return nil, fmt.Errorf("the dashboard's body is no JSON of widgets: %w; correct lib/dashboard.go", err)
	}
	if len(d.Widgets) > maxWidgets {
		return nil, fmt.Errorf("the dashboard has %d widgets, and %d are allowed: take some out", len(d.Widgets), maxWidgets)
	}
	for i := range d.Widgets {
		w := &d.Widgets[i]
		if w.Width == 0 {
			w.Width = defaultExtent
		}
		if w.Height == 0 {
			w.Height = defaultExtent
		}
		if w.Width < 1 || w.Width > gridColumns || w.Height < 1 || w.Height > maxHeight ||
			w.X != nil && (*w.X < 0 || *w.X+w.Width > gridColumns) || w.Y != nil && (*w.Y < 0 || *w.Y > maxHeight*maxWidgets) {
			return nil, fmt.Errorf("widget %d lies outside of the grid of %d columns: correct x, y, width or height", i+1, gridColumns)
		}
	}
	return &d, nil
}

// placement is where a widget is: CSS counts lines from 1, and 0 here means the
// next place that is free.
type placement struct{ Index, Column, Width, Row, Height int }

// grid places a dashboard's widgets; their indices go on from first.
func (d *dashboard) grid(first int) []placement {
	all := make([]placement, len(d.Widgets))
	for i, w := range d.Widgets {
		all[i] = placement{Index: first + i, Width: w.Width, Height: w.Height}
		if w.X != nil && w.Y != nil {
			all[i].Column, all[i].Row = *w.X+1, *w.Y+1
		}
	}
	return all
}

// drawn is a dashboard with its data.
type drawn struct {
	Name    string
	Problem string // why it is not drawn
	Range   timeRange
	Widgets []widget
}

// draw reads a dashboard's data: of the time that the reader chose, else of the
// dashboard's own.
func (c *console) draw(name, body, choice string, first int, s state, now time.Time) (drawn, []placement) {
	d, err := parseDashboard(body)
	if err != nil {
		return drawn{Name: name, Problem: err.Error()}, nil
	}
	over, ok := chosen(choice, now)
	if !ok {
		if over, err = rangeOf(d.Start, d.End, now); err != nil {
			return drawn{Name: name, Problem: err.Error()}, nil
		}
	}
	out := drawn{Name: name, Range: over}
	for i, w := range d.Widgets {
		out.Widgets = append(out.Widgets, c.drawWidget(first+i, w, over, s))
	}
	return out, d.grid(first)
}
