package console

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"catalog/local"
)

// insightsTime is how CloudWatch writes @timestamp, in UTC.
const insightsTime = "2006-01-02 15:04:05.000"

// logFields are the fields of a line: CloudWatch's own, and those that it
// discovers in JSON (AWS: "Supported logs and discovered fields"). JSON is read
// when a field of it is asked for the first time.
type logFields struct {
	line *local.LogLine
	read bool
	json map[string]string
}

func (l *logFields) get(name string) (string, bool) {
	switch name {
	case "@timestamp":
		return l.line.Time.UTC().Format(insightsTime), true
	case "@message":
		return l.line.Text, true
	case "@log":
		return l.line.Group, true
	case "@logStream":
		return l.line.Container + "/" + l.line.Task, true
	}
	if !l.read {
		l.read, l.json = true, discover(l.line.Text)
	}
	value, ok := l.json[name]
	return value, ok
}

// Limits of discovery (AWS: 200 fields of a JSON log, of the first levels).
const maxDiscovered, maxDiscoverDepth = 200, 5

func discover(text string) map[string]string {
	if !strings.HasPrefix(text, "{") {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber() // as it is written
	var whole map[string]any
	if decoder.Decode(&whole) != nil {
		return nil
	}
	found := map[string]string{}
	flatten(found, "", whole, 0)
	return found
}

// flatten gives members of members names like a.b, and those of a list a.0.
func flatten(into map[string]string, name string, value any, depth int) {
	if len(into) >= maxDiscovered || depth > maxDiscoverDepth {
		return
	}
	under := func(part string) string {
		if name == "" {
			return part
		}
		return name + "." + part
	}
	switch value := value.(type) {
	case map[string]any:
		for part, v := range value {
			flatten(into, under(part), v, depth+1)
		}
	case []any:
		for i, v := range value {
			flatten(into, under(strconv.Itoa(i)), v, depth+1)
		}
	case string:
		into[name] = value
	case json.Number:
		into[name] = value.String()
	case bool:
		into[name] = strconv.FormatBool(value)
	} // null is a field that is not there
}

// run answers a query over lines, oldest first as they come. Without sort the
// newest come first.
func (q *insights) run(lines []local.LogLine, over timeRange) *logTable {
	var wanted []*logFields
	for i := range slices.Backward(lines) {
		l := &logFields{line: &lines[i]}
		if q.wants(l, over) {
			wanted = append(wanted, l)
		}
		if len(q.Sort) == 0 && len(wanted) == q.Limit {
			break
		}
	}
	slices.SortStableFunc(wanted, q.order)
	table := &logTable{}
	for _, f := range q.Fields {
		table.Fields = append(table.Fields, f.As)
	}
	for _, l := range wanted[:min(q.Limit, len(wanted))] {
		row := make([]cell, len(q.Fields))
		for i, f := range q.Fields {
			row[i].Text, _ = l.get(f.Name)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (q *insights) wants(l *logFields, over timeRange) bool {
	if len(q.Sources) > 0 && !slices.Contains(q.Sources, l.line.Group) || l.line.Time.Before(over.From) || l.line.Time.After(over.To) {
		return false
	}
	for _, holds := range q.Filters {
		if !holds(l) {
			return false
		}
	}
	return true
}

func (q *insights) order(a, b *logFields) int {
	for _, key := range q.Sort {
		x, _ := a.get(key.Field)
		y, _ := b.get(key.Field)
		if c := compareValues(x, y); c != 0 {
			if key.Descending {
				return -c
			}
			return c
		}
	}
	return 0
}
