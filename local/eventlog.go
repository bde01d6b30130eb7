package local

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// eventsFile keeps the events of an environment's runs, a JSON object a line,
// in its state folder.
const eventsFile = "events.ndjson"

// maxEventsFile is how large the file of earlier runs may be for a new one to
// go on in it.
const maxEventsFile = 4 << 20

// openEventLog opens the file for one more run.
func openEventLog(stateDir string) (*os.File, error) {
	path := filepath.Join(stateDir, eventsFile)
	how := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > maxEventsFile {
		how |= os.O_TRUNC
	}
	file, err := os.OpenFile(path, how, privateFile)
	if err != nil {
		return nil, fmt.Errorf("the events cannot be kept: %w", err)
	}
	return file, nil
}

// keep writes an event down. On a full disk it is lost and nothing else.
func (e *Environment) keep(event Event) {
	if e.eventLog == nil {
		return
	}
	if line, err := json.Marshal(event); err == nil {
		_, _ = e.eventLog.Write(append(line, '\n'))
	}
}

// EventReader reads the events of an environment, whether it runs or not. Each
// Read answers what is new.
type EventReader struct {
	path   string
	offset int64
}

// NewEventReader reads the events in a state folder from their beginning.
func NewEventReader(stateDir string) *EventReader {
	return &EventReader{path: filepath.Join(stateDir, eventsFile)}
}

// Skip leaves out what has happened until now.
func (r *EventReader) Skip() {
	if info, err := os.Stat(r.path); err == nil {
		r.offset = info.Size()
	}
}

// Read answers the events since the last one; all of a file that was begun anew.
func (r *EventReader) Read() ([]Event, error) {
	var events []Event
	from := func(size int64) int64 {
		if size < r.offset {
			return 0
		}
		return r.offset
	}
	next, err := readGrowing(r.path, from, func(line []byte) {
		var event Event
		if json.Unmarshal(line, &event) == nil {
			events = append(events, event)
		}
	})
	if err == nil {
		r.offset = next
	}
	return events, err
}
