package console

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// page is what the layout needs to know of a page, and what its content does.
type page struct {
	Title string
	// View is its template's name; Data is what that shows.
	View string
	Data any
	Code int // 0 is 200
	// HasForm is true for a page that people write into: it is not refreshed
	// unless they ask for it, or what they write would be lost.
	HasForm bool
	// Still is true for a page that does not change.
	Still bool
	// What follows is set by answer.
	Nonce, Toggle string
	Live          bool
	Nav           []link
	Now           time.Time
	Placed        []placement // widgets, by their place in the grid
}

// link is one of the navigation's.
type link struct {
	Path, Text string
	Current    bool
}

var navigation = []link{
	{Path: "/", Text: "Overview"},
	{Path: "/deployments", Text: "Deployments"},
	{Path: "/tasks", Text: "Tasks"},
	{Path: "/targets", Text: "Targets"},
	{Path: "/alarms", Text: "Alarms"},
	{Path: "/metrics", Text: "Metrics"},
	{Path: "/logs", Text: "Logs"},
	{Path: "/traces", Text: "Traces"},
	{Path: "/events", Text: "Events"},
	{Path: "/notifications", Text: "Notifications"},
}

// refreshSeconds is how often a live page is loaded again.
const refreshSeconds = "5"

// views are the pages' templates: each the layout, the parts and its own.
var views = parseViews()

func parseViews() map[string]*template.Template {
	base := template.Must(template.New("layout.html").Funcs(formats).ParseFS(files, "templates/layout.html", "templates/parts.html", "templates/widget.html"))
	found := map[string]*template.Template{}
	entries, err := files.ReadDir("templates/pages")
	if err != nil { // they are in the program
		panic(err)
	}
	for _, e := range entries {
		one := template.Must(template.Must(base.Clone()).ParseFS(files, "templates/pages/"+e.Name()))
		found[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))] = one
	}
	return found
}

// answer writes a page.
func (c *console) answer(w http.ResponseWriter, r *http.Request, p *page) {
	query := r.URL.Query()
	p.Now = c.o.Now()
	switch {
	case p.Still:
	case p.HasForm:
		p.Live = query.Get("live") == "1"
		p.Toggle = toggled(r, query, "live", p.Live)
	default:
		paused := query.Get("pause") == "1"
		p.Live = !paused
		p.Toggle = toggled(r, query, "pause", paused)
	}
	for _, l := range navigation {
		l.Current = r.URL.Path == l.Path || l.Path != "/" && strings.HasPrefix(r.URL.Path, l.Path+"/")
		p.Nav = append(p.Nav, l)
	}
	if len(p.Placed) > 0 {
		p.Nonce = newNonce()
		w.Header().Set("Content-Security-Policy", policy(p.Nonce))
	}
	var body bytes.Buffer
	if err := views[p.View].Execute(&body, p); err != nil {
		http.Error(w, "this page cannot be drawn: "+err.Error()+"; /status.json has the same facts", http.StatusInternalServerError)
		return
	}
	if p.Live {
		w.Header().Set("Refresh", refreshSeconds)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if p.Code != 0 {
		w.WriteHeader(p.Code)
	}
	w.Write(body.Bytes()) // an error is the reader's going away
}

// toggled is this page's address with a switch turned the other way.
func toggled(r *http.Request, query url.Values, name string, on bool) string {
	query.Del(name)
	if !on {
		query.Set(name, "1")
	}
	return (&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).String()
}

// missing is the page for an address where nothing is.
func (c *console) missing(_ *http.Request, why string) *page {
	return &page{Title: "Not found", View: "missing", Data: why, Code: http.StatusNotFound, Still: true}
}
