package console

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"catalog/local"
)

// widget is one that is drawn: one of its parts is set.
type widget struct {
	Index   int
	Title   string
	Problem string // why it is not drawn

	Chart   *chart
	Numbers []reading
	Alarms  []local.AlarmStatus
	Text    template.HTML
	Log     *logTable
	// Note says what is drawn otherwise than AWS does.
	Note string
}

// logTable is the answer of a log widget's query.
type logTable struct {
	Query  string
	Fields []string
	Rows   [][]cell
}

// cell is a value in a table; Trace is the id of a trace that is kept.
type cell struct{ Text, Trace string }

// drawWidget never fails: a widget that cannot be drawn says why.
func (c *console) drawWidget(index int, body widgetBody, over timeRange, s state) widget {
	w := widget{Index: index}
	var err error
	switch body.Type {
	case "metric":
		err = c.drawMetrics(&w, body, over, s)
	case "alarm":
		err = drawAlarms(&w, body.Properties, s)
	case "text":
		err = drawText(&w, body.Properties)
	case "log":
		err = c.drawLog(&w, body.Properties, over)
	default:
		err = fmt.Errorf("a widget of type %q is drawn on AWS only", body.Type)
	}
	if err != nil {
		w.Problem = err.Error()
	}
	return w
}

func drawAlarms(w *widget, properties json.RawMessage, s state) error {
	var p struct {
		Title  string
		Alarms []string
		States []string
	}
	if err := json.Unmarshal(properties, &p); err != nil {
		return fmt.Errorf("the alarm widget's properties are not as AWS wants them: %w", err)
	}
	w.Title, w.Alarms = p.Title, []local.AlarmStatus{}
	for _, arn := range p.Alarms {
		one := alarmOf(arn, s)
		if len(p.States) == 0 || slices.Contains(p.States, one.State) {
			w.Alarms = append(w.Alarms, one)
		}
	}
	return nil
}

// alarmOf finds an alarm by its ARN, arn:aws:cloudwatch:region:account:alarm:name.
func alarmOf(arn string, s state) local.AlarmStatus {
	name := arn
	if _, after, ok := strings.Cut(arn, ":alarm:"); ok {
		name = after
	}
	for _, a := range s.Alarms {
		if a.Name == name {
			return a
		}
	}
	return local.AlarmStatus{Name: name, State: "INSUFFICIENT_DATA", Reason: "It is not evaluated here."}
}

func drawText(w *widget, properties json.RawMessage) error {
	var p struct{ Markdown string }
	if err := json.Unmarshal(properties, &p); err != nil {
		return fmt.Errorf("the text widget's properties are not as AWS wants them: %w", err)
	}
	html, err := markdown([]byte(p.Markdown))
	w.Text = html
	return err
}

func (c *console) drawLog(w *widget, properties json.RawMessage, over timeRange) error {
	var p struct{ Title, Query, View string }
	if err := json.Unmarshal(properties, &p); err != nil {
		return fmt.Errorf("the log widget's properties are not as AWS wants them: %w", err)
	}
	w.Title = p.Title
	if p.View != "" && p.View != "table" {
		w.Note = "drawn as a table; AWS draws " + p.View
	}
	q, err := parseInsights(p.Query)
	if err != nil {
		return err
	}
	lines, err := c.logs.read()
	if err != nil {
		return err
	}
	w.Log = q.run(lines, over)
	w.Log.Query = p.Query
	for _, row := range w.Log.Rows {
		for i := range row {
			row[i].Trace = c.knownTrace(row[i].Text)
		}
	}
	return nil
}
