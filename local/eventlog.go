package local

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// Read answers the events since the last one.
func (r *EventReader) Read() ([]Event, error) {
	file, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() < r.offset { // begun anew
		r.offset = 0
	}
	if _, err := file.Seek(r.offset, io.SeekStart); err != nil {
		return nil, err
	}
	var events []Event
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil { // a line that is not whole yet is read the next time
			return events, ignoreEOF(err)
		}
		r.offset += int64(len(line))
		var event Event
		if json.Unmarshal(line, &event) == nil {
			events = append(events, event)
		}
	}
}
