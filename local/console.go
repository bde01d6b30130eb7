package local

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
)

// console is the address behind DashboardUrl: the environment's state as JSON
// for programs, and for people the pages of Options.Console.
type console struct {
	listener net.Listener
	*httpServer
}

// serve begins to answer. The environment has its console already: what is
// asked for says where it is.
func (c *console) serve(e *Environment) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		json.NewEncoder(w).Encode(e.Status()) // an error is the client's going away
	})
	if e.options.Console != nil {
		mux.Handle("/", e.options.Console(e))
	}
	c.httpServer = serveOn(c.listener, onlyFor(c.listener.Addr().(*net.TCPAddr), mux))
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
