package console

import (
	"net/http"
	"net/url"
	"time"
)

// overviewData is the first page: the template's dashboards, and what runs.
type overviewData struct {
	state
	Dashboards []drawn
	Ranges     []rangeChoice
	Firing     int // alarms in ALARM
	Up         time.Duration
}

// rangeChoice is a link to the same page with another range.
type rangeChoice struct {
	Text, Href string
	Current    bool
}

func (c *console) overview(r *http.Request) *page {
	s := c.state()
	p := &page{Title: "Overview", View: "overview"}
	choice := r.URL.Query().Get("range")
	data := overviewData{state: s, Ranges: rangeChoices(r, choice)}
	for _, d := range c.source.Dashboards() {
		one, placed := c.draw(d.Name, d.Body, choice, len(p.Placed), s, c.o.Now())
		data.Dashboards = append(data.Dashboards, one)
		p.Placed = append(p.Placed, placed...)
	}
	for _, a := range s.Alarms {
		if a.State == "ALARM" {
			data.Firing++
		}
	}
	data.Up = c.o.Now().Sub(s.Started)
	p.Data = data
	return p
}

func rangeChoices(r *http.Request, current string) []rangeChoice {
	of := func(name string) string {
		query := r.URL.Query()
		query.Del("range")
		if name != "" {
			query.Set("range", name)
		}
		return (&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).String()
	}
	_, known := chosen(current, time.Time{})
	all := []rangeChoice{{"as the dashboard says", of(""), !known}}
	for _, c := range choices {
		all = append(all, rangeChoice{c.Name, of(c.Name), c.Name == current})
	}
	return all
}
