package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// control lets other programs of the same user drive a running environment:
// HTTP over a unix socket in its state folder. Nobody else can connect.
//
//	GET  /status     Status
//	POST /update     UpdateRequest; the events, then a result
//	POST /rollback   the same, back to what ran before
//	POST /reclaim    ReclaimRequest, ReclaimAnswer
//	POST /down       ends the environment
type control struct {
	environment *Environment
	path        string
	http        *httpServer
	ending      context.Context // ends with the server, for answers that follow
	cancel      context.CancelFunc
}

// controlSocket is its name, in a folder of its own in the state folder: that
// one lets nobody else in, where a socket's own mode may not count (unix(7)).
const (
	controlDir    = "control"
	controlSocket = "control.sock"
)

// maxSocketPath is what every system takes as a socket's path (unix(7):
// sun_path, 104 bytes on macOS, with the zero at the end).
const maxSocketPath = 103

func newControl(e *Environment) (*control, error) {
	folder, err := controlFolder(e.options.StateDir)
	if err != nil {
		return nil, fmt.Errorf("the folder of the control socket cannot be made: %w", err)
	}
	path := filepath.Join(folder, controlSocket)
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the control socket %s cannot be made: %w", path, err), os.RemoveAll(folder))
	}
	if err := os.Chmod(path, privateFile); err != nil {
		return nil, errors.Join(err, listener.Close(), os.RemoveAll(folder))
	}
	ending, cancel := context.WithCancel(context.Background())
	c := &control{environment: e, path: path, ending: ending, cancel: cancel}
	c.http = serveOn(listener, c.routes())
	return c, nil
}

// controlFolder makes the folder that only this user can enter: in the state
// folder, or beside it where the path would be too long for a socket; its name
// is written down then.
func controlFolder(stateDir string) (string, error) {
	folder, err := filepath.Abs(filepath.Join(stateDir, controlDir))
	if err != nil {
		return "", err
	}
	if len(filepath.Join(folder, controlSocket)) > maxSocketPath {
		return os.MkdirTemp("", "catalog-") // mode 0700
	}
	// Of a run that was killed: the lock says that none runs.
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	return folder, os.Mkdir(folder, privateDir)
}

func (c *control) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, c.environment.Status()) })
	mux.HandleFunc("POST /update", c.update)
	mux.HandleFunc("POST /rollback", func(w http.ResponseWriter, _ *http.Request) {
		c.stream(w, func() error { return c.environment.Rollback(c.ending) })
	})
	mux.HandleFunc("POST /reclaim", c.reclaim)
	mux.HandleFunc("POST /down", func(w http.ResponseWriter, _ *http.Request) {
		if c.environment.options.OnDown != nil {
			c.environment.options.OnDown()
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) // an error is the client's going away
}

// refuse answers an error in one sentence.
func refuse(w http.ResponseWriter, status int, err error) { http.Error(w, err.Error(), status) }

// maxRequest bounds what a client may send.
const maxRequest = 1 << 20

func readRequest(r *http.Request, v any) error {
	return json.NewDecoder(io.LimitReader(r.Body, maxRequest)).Decode(v)
}

func (c *control) reclaim(w http.ResponseWriter, r *http.Request) {
	var request ReclaimRequest
	if err := readRequest(r, &request); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	tasks, err := c.environment.Reclaim(request.Task, request.Storm)
	if err != nil {
		refuse(w, http.StatusConflict, err)
		return
	}
	answerJSON(w, ReclaimAnswer{Tasks: tasks})
}

func (c *control) close() error {
	c.cancel()
	return errors.Join(c.http.close(), os.RemoveAll(filepath.Dir(c.path)))
}
