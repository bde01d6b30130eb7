package local

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
)

// metadataServer answers what a task may ask about itself, as the task
// metadata endpoint version 4 does at 169.254.170.2 (AWS: "Amazon ECS task
// metadata endpoint version 4 for tasks on Fargate"). Each container has a
// path of its own, which only it is told.
type metadataServer struct {
	listener net.Listener
	*httpServer
}

// envMetadataURI is where a container finds its path.
const envMetadataURI = "ECS_CONTAINER_METADATA_URI_V4"

func newMetadataServer(e *Environment) (*metadataServer, error) {
	listener, err := listenLocal(0, "the task metadata endpoint", "--port")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	answer := func(pattern string, what func(t *task, c *container) any) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
			t, c := e.containerByID(r.PathValue("id"))
			if c == nil {
				http.Error(w, "no container has this path", http.StatusNotFound)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(what(t, c)) // an error is the client's going away
		})
	}
	answer("/v4/{id}", func(t *task, c *container) any { return t.containerMetadata(c) })
	answer("/v4/{id}/task", func(t *task, _ *container) any { return t.metadata() })
	answer("/v4/{id}/stats", func(_ *task, c *container) any { return c.stats() })
	answer("/v4/{id}/task/stats", func(t *task, _ *container) any { return t.stats() })
	return &metadataServer{listener, serveOn(listener, mux)}, nil
}

// uri is a container's own.
func (m *metadataServer) uri(id string) string {
	return "http://" + m.listener.Addr().String() + "/v4/" + id
}

// containerByID finds a container that runs, or ran in a task that does.
func (e *Environment) containerByID(id string) (*task, *container) {
	taskID, _, _ := strings.Cut(id, "-")
	for _, s := range all[*service](e) {
		for _, t := range s.all() {
			if c := t.containerByID(id); t.id == taskID && c != nil {
				return t, c
			}
		}
	}
	return nil, nil
}

func (t *task) containerByID(id string) *container {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.containers {
		if c.id == id {
			return c
		}
	}
	return nil
}
