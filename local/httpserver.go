package local

import (
	"context"
	"net"
	"net/http"
	"time"
)

// httpServer serves on one listener until it is closed.
type httpServer struct {
	server *http.Server
	served chan error
}

// serveOn begins to serve.
func serveOn(listener net.Listener, handler http.Handler) *httpServer {
	s := &httpServer{server: &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}, served: make(chan error, 1)}
	go func() { s.served <- s.server.Serve(listener) }()
	return s
}

// close gives requests under way a second, and waits for the end.
func (s *httpServer) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = s.server.Close()
	}
	<-s.served
	return err
}
