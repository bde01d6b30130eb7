package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"catalog/local"
)

// logData is /logs: what was asked for, what there is to ask for, and lines.
type logData struct {
	Group, Task, Text string
	Last              int
	Raw               bool // lines as they were written
	Groups, Tasks     []string
	Lines             []logRow
	Problem           string
}

// logRow is a line; the parts of its text are links where they are traces.
type logRow struct {
	local.LogLine
	Level   string // of a line that is JSON with one
	Message string // the same
	Parts   []cell
}

const defaultLast, maxLast = 200, 2000

// logList shows the last lines that a reader wants, the newest first.
func (c *console) logList(r *http.Request) *page {
	q := r.URL.Query()
	data := logData{Group: q.Get("group"), Task: q.Get("task"), Text: q.Get("text"), Last: defaultLast, Raw: q.Get("raw") == "1"}
	if n, err := strconv.Atoi(q.Get("last")); err == nil && n > 0 {
		data.Last = min(n, maxLast)
	}
	lines, err := c.logs.read()
	if err != nil {
		data.Problem = "The logs cannot be read: " + err.Error()
	}
	text := strings.ToLower(data.Text)
	for _, line := range slices.Backward(lines) {
		if !slices.Contains(data.Groups, line.Group) {
			data.Groups = append(data.Groups, line.Group)
		}
		if !slices.Contains(data.Tasks, line.Task) {
			data.Tasks = append(data.Tasks, line.Task)
		}
		if len(data.Lines) < data.Last && (data.Group == "" || line.Group == data.Group) && (data.Task == "" || line.Task == data.Task) &&
			(text == "" || strings.Contains(strings.ToLower(line.Text), text)) {
			data.Lines = append(data.Lines, c.row(line, data.Raw))
		}
	}
	slices.Sort(data.Groups)
	slices.Sort(data.Tasks)
	return &page{Title: "Logs", View: "logs", Data: data, HasForm: true}
}

// row reads a line of JSON: its level, its message, then what else it says. Any
// other line, or every one when a reader wants so, stays as it was written.
func (c *console) row(line local.LogLine, raw bool) logRow {
	row := logRow{LogLine: line}
	fields, ok := members(line.Text)
	if !ok {
		row.Parts = c.linked(line.Text)
		return row
	}
	var rest strings.Builder
	for _, f := range fields {
		switch f.Name {
		case "level":
			row.Level = f.Value
		case "msg":
			row.Message = f.Value
		case "time", "_aws": // beside it, and for machines
		default:
			rest.WriteString(" " + f.Name + "=" + f.Value)
		}
	}
	if raw {
		row.Message = ""
		row.Parts = c.linked(line.Text)
	} else {
		row.Parts = c.linked(rest.String())
	}
	return row
}

// members are those of a JSON object, in their order.
func members(text string) (all []fact, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('{') {
		return nil, false
	}
	for decoder.More() {
		var value json.RawMessage
		name, err := decoder.Token()
		if err != nil || decoder.Decode(&value) != nil {
			return nil, false
		}
		var written string
		if json.Unmarshal(value, &written) != nil {
			written = string(value)
		}
		all = append(all, fact{fmt.Sprint(name), written})
	}
	_, err := decoder.Token()
	return all, err == nil
}

var traceInText = regexp.MustCompile(`1-[0-9a-f]{8}-[0-9a-f]{24}`)

// linked cuts a text so that ids of traces that are kept stand alone.
func (c *console) linked(text string) []cell {
	var parts []cell
	at := 0
	for _, found := range traceInText.FindAllStringIndex(text, -1) {
		id := text[found[0]:found[1]]
		if c.knownTrace(id) != "" {
			parts = append(parts, cell{Text: text[at:found[0]]}, cell{Text: id, Trace: id})
			at = found[1]
		}
	}
	return append(parts, cell{Text: text[at:]})
}

// knownTrace answers an id when it is that of a trace that is kept, else "".
func (c *console) knownTrace(id string) string {
	if store := c.source.Traces(); store != nil && store.Has(id) {
		return id
	}
	return ""
}
