package local

import (
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// console is the page behind DashboardUrl: the environment's state for people,
// and the same as JSON for programs.
type console struct {
	listener net.Listener
	server   *http.Server
	served   chan error
}

//go:embed console.html
var consoleHTML string

var consolePage = template.Must(template.New("console").Funcs(template.FuncMap{
	"since": func(t time.Time) string { return time.Since(t).Round(time.Second).String() },
	"clock": func(t time.Time) string { return t.Format(time.TimeOnly) },
}).Parse(consoleHTML))

// newConsole serves the page and leaves a note in the state folder where it
// is.
func newConsole(e *Environment, port int) (*console, error) {
	listener, err := listenLocal(port, "the dashboard", "--dashboard-port")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		w.Header().Set("Refresh", "5")
		consolePage.Execute(w, e.Status()) // an error is the client's going away
	})
	mux.HandleFunc("GET /status.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(e.Status())
	})
	c := &console{
		listener: listener, served: make(chan error, 1),
		server: &http.Server{Handler: onlyFor(listener.Addr().(*net.TCPAddr), mux), ReadHeaderTimeout: 5 * time.Second},
	}
	go func() { c.served <- c.server.Serve(listener) }()
	return c, writeState(e.options.StateDir, State{PID: os.Getpid(), Console: c.url()})
}

// onlyFor answers requests for this address alone. A web page elsewhere could
// make its own name mean this machine and read what the console says; its
// browser still sends that name.
func onlyFor(address *net.TCPAddr, next http.Handler) http.Handler {
	byName := net.JoinHostPort("localhost", strconv.Itoa(address.Port))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address.String() && r.Host != byName {
			http.Error(w, "the status page is at http://"+address.String()+"/", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (c *console) url() string { return "http://" + c.listener.Addr().String() + "/" }

func (c *console) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := c.server.Shutdown(ctx)
	if err != nil {
		err = c.server.Close()
	}
	<-c.served
	return err
}
