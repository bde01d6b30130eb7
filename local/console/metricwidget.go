package console

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// metricProperties are a metric widget's (AWS: "Properties of a Metric Widget
// Object").
type metricProperties struct {
	Title, View, Stat string
	Start, End        string
	Period            int // seconds
	Stacked           bool
	Metrics           [][]any
	YAxis             struct{ Left, Right axisBody } `json:"yAxis"`
	Annotations       struct {
		Horizontal []json.RawMessage
		Alarms     []string
	}
}

// axisBody bounds a Y axis; a bound that is not given follows the data.
type axisBody struct {
	Label    string
	Min, Max *float64
}

// annotation is a horizontal line.
type annotation struct {
	Value        float64
	Label, Color string
	YAxis        string `json:"yAxis"`
	Visible      *bool
}

// defaultPeriod is 5 minutes (AWS: period, "The default is 300").
const defaultPeriod = 300

// annotations reads lines, and bands, which are pairs of lines.
func (p *metricProperties) annotations() ([]annotation, error) {
	var all []annotation
	for _, raw := range p.Annotations.Horizontal {
		var one annotation
		var band []annotation
		if err := json.Unmarshal(raw, &one); err == nil {
			band = []annotation{one}
		} else if err := json.Unmarshal(raw, &band); err != nil {
			return nil, fmt.Errorf("a horizontal annotation is neither a line nor a band: %w", err)
		}
		for _, a := range band {
			if a.Visible == nil || *a.Visible {
				all = append(all, a)
			}
		}
	}
	return all, nil
}

// hexColor is the only form of a colour that is passed on to the page.
var hexColor = regexp.MustCompile(`^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)

func colorOf(text string) string {
	if hexColor.MatchString(text) {
		return text
	}
	return ""
}

// drawMetrics draws a metric widget: lines as a chart, every other view as
// numbers.
func (c *console) drawMetrics(w *widget, body widgetBody, over timeRange, s state) error {
	var p metricProperties
	if err := json.Unmarshal(body.Properties, &p); err != nil {
		return fmt.Errorf("the metric widget's properties are not as AWS wants them: %w", err)
	}
	w.Title = p.Title
	if p.Start != "" || p.End != "" { // a widget may have a range of its own
		var err error
		if over, err = rangeOf(p.Start, p.End, over.To); err != nil {
			return err
		}
	}
	if len(p.Metrics) == 0 && len(p.Annotations.Alarms) > 0 {
		for _, arn := range p.Annotations.Alarms {
			w.Alarms = append(w.Alarms, alarmOf(arn, s))
		}
		w.Note = "AWS draws the alarm's metric"
		return nil
	}
	rows, err := p.rows()
	if err != nil {
		return err
	}
	lines := c.query(rows, over)
	lineAnnotations, err := p.annotations()
	if err != nil {
		return err
	}
	switch p.View {
	case "", "timeSeries":
		if p.Stacked {
			w.Note = "AWS stacks these lines"
		}
		w.Chart = newChart(p.Title, lines, lineAnnotations, p.YAxis.Left, p.YAxis.Right, over, body.Width)
	case "singleValue", "gauge", "table", "bar", "pie":
		w.Numbers = readings(lines)
		if p.View != "singleValue" {
			w.Note = "drawn as numbers; AWS draws a " + p.View
		}
	default:
		return fmt.Errorf("the view %q is not known: use timeSeries, singleValue, gauge, bar, pie or table", p.View)
	}
	return nil
}

// periodOf is a metric's period: its own, the widget's, or 5 minutes. It is
// whole minutes and a day at most: metrics of seconds are kept nowhere here.
func (p *metricProperties) periodOf(own float64) time.Duration {
	seconds := int(own)
	if seconds <= 0 {
		seconds = p.Period
	}
	if seconds <= 0 {
		seconds = defaultPeriod
	}
	const minute, day = 60, 86400
	return time.Duration(min((seconds+minute-1)/minute*minute, day)) * time.Second
}

// right says whether a yAxis names the right one; left is the default.
func right(axis string) bool { return strings.EqualFold(axis, "right") }
