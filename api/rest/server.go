package rest

import (
	"context"
	"log/slog"
	"net/http"
	"path"
	"sync/atomic"
	"time"

	"catalog/api/catalog"
	"catalog/api/imports"
	"catalog/api/telemetry"
)

// Options are what a Server serves with.
type Options struct {
	Store catalog.Store
	// WriteTokens are the bearer tokens that may write; several at once while
	// one is rotated. The first one also keys the cursors' signature.
	WriteTokens []string
	Log         *slog.Logger
	// Telemetry traces and measures the requests; nil does neither.
	Telemetry *telemetry.Telemetry
	// CacheBytes is how much memory kept answers may take; 0 keeps none.
	CacheBytes int64
	// Version names the build in /health.
	Version string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Limits of a request.
const (
	maxBody        = 1 << 20
	maxURL         = 8 << 10
	maxHeader      = 16 << 10
	requestTimeout = 5 * time.Second
	pingTimeout    = 500 * time.Millisecond
	// keepAliveTimeout is longer than the load balancer's idle timeout, so
	// that only the load balancer closes an idle connection.
	keepAliveTimeout = 75 * time.Second
	headerTimeout    = 5 * time.Second
	readTimeout      = 30 * time.Second
	writeTimeout     = 30 * time.Second
)

// Server answers the catalog's requests.
type Server struct {
	store     catalog.Store
	tokens    tokenSet
	cursors   cursorKey
	cache     *cache
	imports   *imports.Runner
	uploads   chan struct{} // one for each feed that is being received
	streams   chan struct{} // one for each answer that is being streamed
	log       *slog.Logger
	telemetry *telemetry.Telemetry
	version   string
	now       func() time.Time
	started   time.Time
	draining  atomic.Bool
	mux       *http.ServeMux
}

// New makes a server.
func New(o Options) *Server {
	s := &Server{
		store: o.Store, log: o.Log, telemetry: o.Telemetry, version: o.Version, now: o.Now,
		tokens: newTokenSet(o.WriteTokens), cursors: newCursorKey(o.WriteTokens),
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.started = s.now()
	s.cache = newCache(o.CacheBytes, s.now)
	s.imports = imports.NewRunner(o.Store, o.Log, s.now)
	s.uploads, s.streams = make(chan struct{}, maxUploads), make(chan struct{}, maxStreams)
	s.mux = s.newMux()
	return s
}

// Changed tells the server that products changed, and with them lists and
// categories. What was kept of them is not answered again.
func (s *Server) Changed(c catalog.Change) { s.cache.changed(c, false) }

// Watching tells the server whether it will be told of changes from now on.
// Until it is, nothing is answered from memory while the store can be asked.
func (s *Server) Watching(yes bool) { s.cache.setWatching(yes) }

// RunImports works on imports until ctx ends.
func (s *Server) RunImports(ctx context.Context) { s.imports.Run(ctx) }

// Drain makes /health answer 503 from now on, while everything else is still
// served: the load balancer stops sending requests here.
func (s *Server) Drain() { s.draining.Store(true) }

// HTTPServer wraps the handler with the limits that keep slow or hostile
// clients from holding a connection.
func (s *Server) HTTPServer() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       keepAliveTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// ServeHTTP bounds, routes, traces and logs one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.now()
	ctx, watched := s.telemetry.Begin(r.Context(), r)
	r = r.WithContext(ctx)

	w.Header()["X-Content-Type-Options"] = nosniff
	rec := &recorder{ResponseWriter: w}
	defer func() { // also when an answer is broken off, which is a panic
		took := s.now().Sub(start)
		watched.End(r, rec.status, took)
		level := slog.LevelInfo
		if r.URL.Path == "/health" && rec.status < 400 {
			level = slog.LevelDebug // two a minute from each load balancer node
		}
		s.log.LogAttrs(r.Context(), level, "request",
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.String("route", r.Pattern),
			slog.Int("status", rec.status),
			slog.Int64("bytes", rec.bytes),
			slog.Float64("duration_ms", float64(took.Microseconds())/1000),
		)
	}()
	s.guard(rec, r)
}

// nosniff is on every answer: no browser may take JSON for anything else.
var nosniff = []string{"nosniff"}

// guard keeps a panic of one request from ending the others.
func (s *Server) guard(w *recorder, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p) // net/http ends the connection
			}
			s.log.ErrorContext(r.Context(), "handler panicked", "panic", p, "path", r.URL.Path)
			if w.status == 0 {
				s.writeProblem(w, r, problem(http.StatusInternalServerError, "internal", "the server failed on this request"))
			}
		}
	}()
	if len(r.RequestURI) > maxURL { // as it came
		s.writeProblem(w, r, problem(http.StatusRequestURITooLong, "url_too_long", "the URL is longer than 8 KiB"))
		return
	}
	if !isClean(r.URL.EscapedPath()) { // the mux would redirect, with an HTML page
		s.writeProblem(w, r, problem(http.StatusNotFound, "no_such_path", "nothing is served at this path: it holds an empty or dotted segment"))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// isClean says whether a path has no empty, "." or ".." segment.
func isClean(p string) bool {
	return path.Clean(p) == p || path.Clean(p)+"/" == p && p != "//"
}

// recorder notes what was answered, for the log.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
