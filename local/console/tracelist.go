package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"catalog/local/traces"
)

// traceData is /traces: the filter as it was written, and what it finds.
type traceData struct {
	Text, Method, Status, Least string
	Failed                      bool
	Methods                     []string
	Problem                     string
	Traces                      []traces.Summary
	Kept, Dropped               int
}

// shownTraces is how many traces a page has.
const shownTraces = 200

func (c *console) traceList(r *http.Request) *page {
	q := r.URL.Query()
	data := traceData{
		Text: strings.TrimSpace(q.Get("text")), Method: q.Get("method"), Status: strings.TrimSpace(q.Get("status")),
		Least: strings.TrimSpace(q.Get("least")), Failed: q.Get("failed") == "1",
		Methods: []string{"GET", "POST", "PUT", "PATCH", "DELETE"},
	}
	filter, problem := data.filter()
	data.Problem = problem
	if store := c.source.Traces(); store != nil && problem == "" {
		data.Traces = store.Summaries(shownTraces, filter)
		data.Kept, data.Dropped = store.Len()
	}
	return &page{Title: "Traces", View: "traces", Data: data, HasForm: true}
}

// filter reads the form; the problem is a sentence, "" without one.
func (d *traceData) filter() (f traces.Filter, problem string) {
	f = traces.Filter{Text: d.Text, Method: d.Method, Failed: d.Failed}
	if d.Status != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.ToLower(d.Status), "xx"))
		if err != nil || n < 1 || n > 5 && (n < 100 || n > 599) {
			return f, "The status " + strconv.Quote(d.Status) + " is no HTTP status: write one like 404, or 5xx for a class."
		}
		f.Status = n
	}
	if d.Least != "" {
		n, err := strconv.ParseFloat(d.Least, 64)
		if err != nil || !(n >= 0) || n > 1e9 {
			return f, "The duration " + strconv.Quote(d.Least) + " is no number of milliseconds: write one like 250."
		}
		f.Least = time.Duration(n * float64(time.Millisecond))
	}
	return f, ""
}
