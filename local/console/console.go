package console

import (
	"crypto/rand"
	"embed"
	"net/http"
	"time"
)

//go:embed style.css icon.svg templates
var files embed.FS

// console makes the pages.
type console struct {
	source Source
	o      Options
	logs   *logbook
}

// New makes the pages of a source. The handler answers GET and HEAD alone; it
// changes nothing. Who may ask is its caller's to say: package local answers
// to 127.0.0.1 only.
func New(source Source, o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &console{source: source, o: o, logs: newLogbook(source.StateDir())}
	mux := http.NewServeMux()
	for pattern, page := range map[string]func(*http.Request) *page{
		"/{$}": c.overview, "/deployments": c.deployments, "/tasks": c.tasks, "/targets": c.targets, "/alarms": c.alarms,
		"/events": c.events, "/notifications": c.notifications, "/traces": c.traceList, "/traces/{id}": c.trace,
		"/logs": c.logList, "/metrics": c.metricList, "/runbooks/{name}": c.runbook,
	} {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { c.answer(w, r, page(r)) })
	}
	mux.HandleFunc("GET /style.css", file("style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /icon.svg", file("icon.svg", "image/svg+xml"))
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		c.answer(w, r, c.missing(r, "There is no page "+r.URL.Path+"; choose one above."))
	})
	return guarded(mux)
}

// guarded gives every answer the headers that keep a page from doing harm: it
// may load its own style and picture and nothing else, it runs no script, and
// no cache keeps it.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy(""))
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}

// policy lets in the page's own style element, which places the widgets, by a
// nonce that nobody can guess.
func policy(nonce string) string {
	style := "'self'"
	if nonce != "" {
		style += " 'nonce-" + nonce + "'"
	}
	return "default-src 'none'; style-src " + style + "; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

func newNonce() string { return rand.Text() }

func file(name, kind string) http.HandlerFunc {
	content, err := files.ReadFile(name)
	if err != nil { // it is in the program
		panic(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Write(content)
	}
}
