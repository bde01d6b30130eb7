package local

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// LogLine is one line that a container printed.
type LogLine struct {
	Time      time.Time `json:"time"`
	Group     string    `json:"group"`
	Container string    `json:"container"`
	Task      string    `json:"task"`
	Text      string    `json:"text"`
}

// LogReader reads the logs of an environment, whether it runs or not. Each
// Read answers what was written since the last one, in the order of time.
type LogReader struct {
	dir     string
	offsets map[string]int64
	recent  int64 // how much one Read answers, in bytes; 0 is all
}

// NewLogReader reads the logs in a state folder from their beginning.
func NewLogReader(stateDir string) *LogReader {
	return &LogReader{dir: filepath.Join(stateDir, logsDir), offsets: map[string]int64{}}
}

// NewRecentLogReader answers the newest lines alone: of each stream, and of all
// of them together, no more than so many bytes in one Read, however much was
// written since the last one.
func NewRecentLogReader(stateDir string, bytes int64) *LogReader {
	r := NewLogReader(stateDir)
	r.recent = bytes
	return r
}

// Read answers the lines that are new.
func (r *LogReader) Read() ([]LogLine, error) {
	var lines []LogLine
	err := filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // nothing ran yet, or all was cleared by a new start
			return nil
		case err != nil || entry.IsDir() || filepath.Ext(path) != ".log":
			return err
		}
		found, err := r.readFile(path)
		lines = append(lines, found...)
		if r.recent > 0 && size(lines) > 2*r.recent {
			lines = r.newest(lines)
		}
		return err
	})
	return r.newest(lines), err
}

// newest puts lines into the order of time and drops the first ones of those
// that are too many.
func (r *LogReader) newest(lines []LogLine) []LogLine {
	slices.SortStableFunc(lines, func(a, b LogLine) int { return a.Time.Compare(b.Time) })
	if r.recent == 0 {
		return lines
	}
	first := 0
	for left := size(lines); left > r.recent; first++ {
		left -= int64(len(lines[first].Text))
	}
	return slices.Delete(lines, 0, first)
}

func size(lines []LogLine) (bytes int64) {
	for i := range lines {
		bytes += int64(len(lines[i].Text))
	}
	return bytes
}

// readFile reads what is new of a stream; of one that grew by more than recent,
// its end. What stands of a line where that begins is no log line, and left out
// as such.
func (r *LogReader) readFile(path string) ([]LogLine, error) {
	stream := r.streamOf(path)
	var lines []LogLine
	from := func(size int64) int64 {
		if r.recent == 0 {
			return r.offsets[path]
		}
		return max(r.offsets[path], size-r.recent)
	}
	next, err := readGrowing(path, from, func(content []byte) {
		if line, ok := parseLogLine(content); ok {
			line.Group, line.Container, line.Task = stream.Group, stream.Container, stream.Task
			lines = append(lines, line)
		}
	})
	if err == nil {
		r.offsets[path] = next
	}
	return lines, err
}

// streamOf reads group, container and task out of a stream's path:
// group/prefix/container/task.log, where a group's name may have slashes.
func (r *LogReader) streamOf(path string) LogLine {
	relative, err := filepath.Rel(r.dir, path)
	if err != nil {
		return LogLine{}
	}
	parts := strings.Split(filepath.ToSlash(relative), "/")
	if len(parts) < 4 {
		return LogLine{Group: relative}
	}
	last := len(parts) - 1
	return LogLine{
		Group: strings.Join(parts[:last-2], "/"), Container: parts[last-1], Task: strings.TrimSuffix(parts[last], ".log"),
	}
}

// parseLogLine reads a line as lineStamper writes it: time, tab, text.
func parseLogLine(content []byte) (LogLine, bool) {
	stamp, text, ok := strings.Cut(string(content), "\t")
	if !ok {
		return LogLine{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, stamp)
	return LogLine{Time: at, Text: text}, err == nil
}
