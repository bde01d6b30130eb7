package local

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// UpdateRequest is what POST /update takes: a folder with an assembly, and the
// parameters. The images were pushed before.
type UpdateRequest struct {
	Assembly   string            `json:"assembly"`
	Parameters map[string]string `json:"parameters"`
}

// ReclaimRequest is what POST /reclaim takes: the beginning of a task's id, or
// a storm, or neither for any one Spot task.
type ReclaimRequest struct {
	Task  string `json:"task,omitempty"`
	Storm bool   `json:"storm,omitempty"`
}

// ReclaimAnswer lists the tasks that were warned.
type ReclaimAnswer struct {
	Tasks []string `json:"tasks"`
}

// StreamLine is one line of an answer that goes on until something is done: an
// event, or the result at the end.
type StreamLine struct {
	Event *Event `json:"event,omitempty"`
	// Done is on the last line alone; Error says what failed, and Unchanged
	// that there was nothing to do.
	Done      bool   `json:"done,omitempty"`
	Error     string `json:"error,omitempty"`
	Unchanged bool   `json:"unchanged,omitempty"`
}

func (c *control) update(w http.ResponseWriter, r *http.Request) {
	var request UpdateRequest
	if err := readRequest(r, &request); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	assembly, err := ReadAssembly(request.Assembly)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	release := Release{Assembly: assembly, Parameters: request.Parameters}
	c.stream(w, func() error { return c.environment.Update(c.ending, release) })
}

// stream does something and sends the events that happen meanwhile. When the
// client goes away, it is done nevertheless, as on AWS.
func (c *control) stream(w http.ResponseWriter, do func() error) {
	from := c.environment.eventCount()
	done := make(chan error, 1)
	go func() { done <- do() }()
	lines := newLineWriter(w)
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			lines.events(c.environment, from)
			last := StreamLine{Done: true, Unchanged: errors.Is(err, ErrNoUpdates)}
			if err != nil && !last.Unchanged {
				last.Error = err.Error()
			}
			lines.write(last)
			return
		case <-ticker.C:
			from = lines.events(c.environment, from)
		}
	}
}

// followEvery is how often somebody who follows gets what is new.
const followEvery = 100 * time.Millisecond

// lineWriter writes a JSON object per line.
type lineWriter struct {
	encoder *json.Encoder
	flush   func()
}

func newLineWriter(w http.ResponseWriter) lineWriter {
	w.Header().Set("Content-Type", "application/x-ndjson")
	l := lineWriter{encoder: json.NewEncoder(w), flush: func() { _ = http.NewResponseController(w).Flush() }}
	l.flush()
	return l
}

func (l lineWriter) write(line StreamLine) {
	_ = l.encoder.Encode(line) // an error is the client's going away
	l.flush()
}

// events writes those from a number on and answers the next number.
func (l lineWriter) events(e *Environment, from int) int {
	events, next := e.eventsFrom(from)
	for i := range events {
		_ = l.encoder.Encode(StreamLine{Event: &events[i]})
	}
	if len(events) > 0 {
		l.flush()
	}
	return next
}

// eventCount is the number of the next event.
func (e *Environment) eventCount() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.eventsDropped + len(e.events)
}

func (e *Environment) eventsFrom(from int) (events []Event, next int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	first := min(max(from-e.eventsDropped, 0), len(e.events))
	return slices.Clone(e.events[first:]), e.eventsDropped + len(e.events)
}
