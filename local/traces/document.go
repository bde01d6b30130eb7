package traces

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// document is a segment document as far as it is read (AWS: "AWS X-Ray segment
// documents"). Metadata and headers are left out: they may hold anything.
type document struct {
	Name, ID, Namespace, Type string
	TraceID                   string          `json:"trace_id"`
	ParentID                  string          `json:"parent_id"`
	StartTime                 float64         `json:"start_time"` // Unix time, seconds
	EndTime                   float64         `json:"end_time"`
	InProgress                bool            `json:"in_progress"`
	HTTP                      documentHTTP    `json:"http"`
	SQL                       documentSQL     `json:"sql"`
	AWS                       documentAWS     `json:"aws"`
	Annotations               map[string]any  `json:"annotations"`
	Error, Fault, Throttle    bool            //
	Cause                     json.RawMessage `json:"cause"` // an object, or the id of another segment's exception
	Subsegments               []document      `json:"subsegments"`
}

type documentHTTP struct {
	Request  struct{ Method, URL string }
	Response struct{ Status int }
}

type documentSQL struct {
	URL            string
	DatabaseType   string `json:"database_type"`
	SanitizedQuery string `json:"sanitized_query"`
}

type documentAWS struct {
	Operation string
	Region    string
	ECS       struct{ Container string } `json:"ecs"`
}

// parsePacket reads what a program sends to the daemon (AWS: "Sending segment
// documents to the X-Ray daemon"): a header in one line, then a document.
func parsePacket(packet []byte) ([]found, error) {
	first, body, ok := bytes.Cut(packet, []byte("\n"))
	var header struct {
		Format  string
		Version int
	}
	if !ok || json.Unmarshal(first, &header) != nil || header.Format != "json" || header.Version != 1 {
		return nil, errors.New(`a packet begins with no {"format":"json","version":1} and a new line`)
	}
	var d document
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, fmt.Errorf("a segment document is no JSON: %w", err)
	}
	trace, ok := traceID(d.TraceID)
	if !ok {
		return nil, fmt.Errorf("a segment document's trace_id is %q: it must be like 1-5759e988-bd862e3fe1be46a994272793", clip(d.TraceID))
	}
	isSegment := d.Type != "subsegment"
	service := ""
	if isSegment {
		service = clip(d.Name)
	}
	all := d.flatten(nil, trace, d.ParentID, service, clip(d.AWS.ECS.Container), isSegment, 0)
	if len(all) == 0 {
		return nil, errors.New("a segment document has no id of 16 hexadecimal digits or no start_time")
	}
	return all, nil
}

// maxNesting is how deep subsegments may be nested; a document of 64 kB that
// is deeper is made to harm.
const maxNesting = 100

func (d *document) flatten(all []found, trace, parent, service, task string, isSegment bool, depth int) []found {
	id, ok := segmentID(d.ID)
	start, timed := seconds(d.StartTime)
	if !ok || !timed || depth > maxNesting {
		return all
	}
	one := Segment{
		ID: id, Name: clip(d.Name), Kind: KindInternal, Service: service, Task: task, Start: start,
		Method: clip(d.HTTP.Request.Method), SQL: withoutValues(d.SQL.SanitizedQuery), Database: clip(d.SQL.DatabaseType),
		Error: d.Error, Fault: d.Fault, Throttle: d.Throttle, Message: d.cause(),
	}
	one.Parent, _ = segmentID(parent)
	if parent == "" {
		one.Parent = ""
	}
	switch {
	case isSegment:
		one.Kind = KindServer
	case d.Namespace != "": // remote or aws: a call to somebody else
		one.Kind = KindClient
	}
	if end, ok := seconds(d.EndTime); ok && !d.InProgress && !end.Before(start) {
		one.End = end
	}
	if d.HTTP.Request.URL != "" {
		one.Path = pathOf(d.HTTP.Request.URL)
	}
	one.setStatus(strconv.Itoa(d.HTTP.Response.Status))
	one.judge()
	one.annotate("aws.operation", d.AWS.Operation)
	one.annotate("db.connection_string", withoutUser(d.SQL.URL))
	for name, value := range d.Annotations {
		one.annotate(name, fmt.Sprint(value)) // a text, a number or a truth
	}
	all = append(all, found{trace, one})
	for i := range d.Subsegments {
		all = d.Subsegments[i].flatten(all, trace, id, service, task, false, depth+1)
	}
	return all
}

// cause is the message of the first exception.
func (d *document) cause() string {
	var cause struct {
		Exceptions []struct{ Type, Message string }
	}
	if json.Unmarshal(d.Cause, &cause) != nil || len(cause.Exceptions) == 0 {
		return ""
	}
	first := cause.Exceptions[0]
	switch {
	case first.Type == "":
		return clip(first.Message)
	case first.Message == "":
		return clip(first.Type)
	}
	return clip(first.Type + ": " + first.Message)
}

// seconds reads Unix time in seconds; false for 0 and for what is no time.
func seconds(s float64) (time.Time, bool) {
	if s <= 0 || s > 1e11 || math.IsNaN(s) {
		return time.Time{}, false
	}
	return time.UnixMicro(int64(math.Round(s * 1e6))), true
}
