package local

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"catalog/local/metrics"
)

// logGroup is a folder with a file per stream, in the place of a CloudWatch
// log group. A line is its time (RFC 3339), a tab, and what was written.
type logGroup struct {
	declared
	environment *Environment
	dir         string
}

func newLogGroup(e *Environment, d declared) (runner, error) {
	g := &logGroup{declared: d, environment: e}
	g.dir = filepath.Join(e.options.StateDir, logsDir, g.ref())
	return g, nil
}

func (g *logGroup) start(context.Context) error {
	if err := os.MkdirAll(g.dir, privateDir); err != nil {
		return fmt.Errorf("the folder of the log group cannot be made: %w", err)
	}
	return nil
}

// stop leaves the files: they explain what happened until the next start.
func (g *logGroup) stop(context.Context) error { return nil }

func (g *logGroup) ref() string {
	if name, ok := g.properties["LogGroupName"].(string); ok {
		return name
	}
	return g.id
}

func (g *logGroup) attribute(name string) (string, bool) {
	if name == "Arn" {
		return g.arn("logs", "log-group:"+g.ref()+":*"), true
	}
	return "", false
}

// stream opens a stream: prefix/container/task, as the awslogs driver names it.
func (g *logGroup) stream(name string) (io.WriteCloser, error) {
	path := filepath.Join(g.dir, name+".log")
	if err := os.MkdirAll(filepath.Dir(path), privateDir); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, privateFile)
	if err != nil {
		return nil, err
	}
	return &lineStamper{file: file, measured: g.environment.measured}, nil
}

// lineStamper writes whole lines with their time in front.
type lineStamper struct {
	mu      sync.Mutex
	file    *os.File
	partial []byte
	// measured takes the metrics that a line carries.
	measured func(line []byte)
}

// measured takes the metrics out of a log line, as CloudWatch does with
// embedded metrics.
func (e *Environment) measured(line []byte) {
	data, _ := metrics.ParseEMF(line)
	for _, datum := range data {
		e.metrics.PutDatum(datum, time.Now())
	}
}

// maxLine is where a line that does not end is cut: CloudWatch's event size.
const maxLine = 256 << 10

func (s *lineStamper) Write(content []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = append(s.partial, content...)
	var out bytes.Buffer
	for {
		end, next := bytes.IndexByte(s.partial, '\n'), 1
		if end < 0 || end > maxLine {
			if len(s.partial) < maxLine {
				break
			}
			end, next = maxLine, 0
		}
		s.stamp(&out, s.partial[:end])
		s.partial = s.partial[end+next:]
	}
	if _, err := s.file.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(content), nil
}

func (s *lineStamper) stamp(out *bytes.Buffer, line []byte) {
	out.WriteString(time.Now().UTC().Format(time.RFC3339Nano))
	out.WriteByte('\t')
	out.Write(line)
	s.measured(line)
	out.WriteByte('\n')
}

func (s *lineStamper) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.partial) > 0 {
		var out bytes.Buffer
		s.stamp(&out, s.partial)
		s.file.Write(out.Bytes())
	}
	return s.file.Close()
}
