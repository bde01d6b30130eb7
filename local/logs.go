package local

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
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
	recent  int64 // how much of a stream to begin with, in bytes; 0 is all
}

// NewLogReader reads the logs in a state folder from their beginning.
func NewLogReader(stateDir string) *LogReader {
	return &LogReader{dir: filepath.Join(stateDir, logsDir), offsets: map[string]int64{}}
}

// NewRecentLogReader leaves out of each stream what lies more than so many
// bytes before its end at the first look.
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
		return err
	})
	slices.SortStableFunc(lines, func(a, b LogLine) int { return a.Time.Compare(b.Time) })
	return lines, err
}

func (r *LogReader) readFile(path string) ([]LogLine, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := r.skip(path, file); err != nil {
		return nil, err
	}
	if _, err := file.Seek(r.offsets[path], io.SeekStart); err != nil {
		return nil, err
	}
	stream := r.streamOf(path)
	var lines []LogLine
	reader := bufio.NewReader(file)
	for {
		content, err := reader.ReadBytes('\n')
		if err != nil { // a line that is not whole yet is read the next time
			return lines, ignoreEOF(err)
		}
		r.offsets[path] += int64(len(content))
		if line, ok := parseLogLine(bytes.TrimSuffix(content, []byte("\n"))); ok {
			line.Group, line.Container, line.Task = stream.Group, stream.Container, stream.Task
			lines = append(lines, line)
		}
	}
}

// skip begins a stream that is seen for the first time near its end. What
// stands of a line there is no log line, and left out as such.
func (r *LogReader) skip(path string, file *os.File) error {
	if _, seen := r.offsets[path]; seen || r.recent == 0 {
		return nil
	}
	info, err := file.Stat()
	if err == nil {
		r.offsets[path] = max(0, info.Size()-r.recent)
	}
	return err
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

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
