package traces

import (
	"encoding/hex"
	"strings"
	"time"
)

// Segment is one piece of work in a trace: an X-Ray segment or subsegment, or
// an OpenTelemetry span.
type Segment struct {
	// ID is 16 hexadecimal digits; Parent is another segment's, "" at the top.
	ID, Parent string
	Name       string
	// Kind is server, client, producer, consumer or internal. Of X-Ray's, a
	// segment is a server's, a subsegment with a namespace a client's.
	Kind string
	// Service is the program that did it, Task the ECS task it ran in, "" where
	// nobody said.
	Service, Task string
	Start         time.Time
	// End is zero while the work is in progress.
	End time.Time
	// Method, Path and Status are the HTTP request's. Path has no query: what a
	// customer looks for is nobody's business.
	Method, Path string
	Status       int // 0 without an answer
	// Database and SQL are a statement's; SQL has no values in it.
	Database, SQL string
	// Fault is the server's mistake, Error the caller's, Throttle a caller who
	// asks too often (AWS: "X-Ray concepts", "Errors, faults, and exceptions").
	Fault, Error, Throttle bool
	// Message says what went wrong.
	Message string
	// Annotations are whatever else was said, without what secrecy.go holds back.
	Annotations map[string]string
	// Children are set in the trees of a Trace only.
	Children []*Segment
}

// Kinds of segments, OpenTelemetry's words for them.
const (
	KindServer   = "server"
	KindClient   = "client"
	KindInternal = "internal"
	KindProducer = "producer"
	KindConsumer = "consumer"
)

// Duration is how long the work took, 0 while it is in progress.
func (s *Segment) Duration() time.Duration {
	if s.End.IsZero() {
		return 0
	}
	return s.End.Sub(s.Start)
}

// judge sets the flags as X-Ray reads a status code: 429 is a throttle and an
// error, the other 4xx are errors, 5xx are faults.
func (s *Segment) judge() {
	switch {
	case s.Status == 429:
		s.Error, s.Throttle = true, true
	case s.Status >= 400 && s.Status < 500:
		s.Error = true
	case s.Status >= 500:
		s.Fault = true
	}
}

// segmentCost is what a segment takes besides its texts.
const segmentCost = 400

// size is about how many bytes of memory a segment takes.
func (s *Segment) size() int {
	n := segmentCost + len(s.ID) + len(s.Parent) + len(s.Name) + len(s.Service) + len(s.Task) +
		len(s.Method) + len(s.Path) + len(s.Database) + len(s.SQL) + len(s.Message)
	for key, value := range s.Annotations {
		n += len(key) + len(value) + 64
	}
	return n
}

// Where X-Ray's form of a trace id, 1-5759e988-bd862e3fe1be46a994272793, has
// its parts (AWS: "X-Ray segment documents", "Trace ID format").
const (
	versionEnd, epochEnd = 2, 10
	traceIDLen           = 35
	segmentIDLen         = 16
)

// traceID reads an id in X-Ray's form, or in W3C's, 32 digits, and answers it
// in X-Ray's. Zeros alone are no id (W3C: "Trace Context", trace-id).
func traceID(text string) (string, bool) {
	text = strings.ToLower(text)
	if len(text) == traceIDLen && text[:versionEnd] == "1-" && text[epochEnd] == '-' {
		text = text[versionEnd:epochEnd] + text[epochEnd+1:]
	}
	if len(text) != 32 || !isHex(text) {
		return "", false
	}
	return "1-" + text[:8] + "-" + text[8:], true
}

// segmentID reads an id of 16 digits.
func segmentID(text string) (string, bool) {
	text = strings.ToLower(text)
	return text, len(text) == segmentIDLen && isHex(text)
}

// isHex says whether a text is hexadecimal and not all zeros.
func isHex(text string) bool {
	_, err := hex.DecodeString(text)
	return err == nil && strings.Trim(text, "0") != ""
}

// found is a segment and the trace that it belongs to.
type found struct {
	trace   string
	segment Segment
}
