package rest

import (
	"context"
	"net/http"
)

type healthAnswer struct {
	Status        string  `json:"status"`
	Version       string  `json:"version"`
	UptimeSeconds float64 `json:"uptime_seconds"`
	Database      string  `json:"database"`
}

// health says whether this task can serve. The database's state is named but
// decides nothing: a database that is away for a moment must not make the
// load balancer kill every task.
func (s *Server) health(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), pingTimeout)
	defer cancel()
	answer := healthAnswer{
		Status: "ok", Version: s.version, Database: "up",
		UptimeSeconds: s.now().Sub(s.started).Seconds(),
	}
	if err := s.store.Ping(ctx); err != nil {
		answer.Database = "down"
	}
	w.Header().Set("Cache-Control", "no-store")
	if s.draining.Load() {
		answer.Status = "draining"
		return writeJSON(w, http.StatusServiceUnavailable, answer)
	}
	return writeJSON(w, http.StatusOK, answer)
}
