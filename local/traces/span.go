package traces

import (
	"time"
)

// span is an OpenTelemetry span as both encodings of OTLP bring it.
type span struct {
	trace, id, parent string // hexadecimal
	name              string
	kind              int
	start, end        uint64 // Unix time, nanoseconds
	status            int
	message           string
	attributes        []attribute
	exception         string // the message of the last exception event
}

// attribute is a name and a value, as text.
type attribute struct{ name, value string }

// resource is who sent spans.
type resource struct{ service, task string }

// Numbers of OTLP's enumerations Span.SpanKind and Status.StatusCode.
var spanKinds = map[int]string{1: KindInternal, 2: KindServer, 3: KindClient, 4: KindProducer, 5: KindConsumer}

const statusError = 2

// resourceOf reads a resource's attributes (OpenTelemetry: "Resource semantic
// conventions"). The task is the one that the address named, else what the
// program says of itself.
func resourceOf(attributes []attribute, task string) resource {
	r := resource{task: task}
	for _, a := range attributes {
		switch a.name {
		case "service.name":
			r.service = clip(a.value)
		case "aws.ecs.task.id", "service.instance.id", "host.name":
			if r.task == "" {
				r.task = clip(a.value)
			}
		}
	}
	return r
}

// segment is the span in X-Ray's words; false for one that has no valid ids or
// begins at no time.
func (s *span) segment(of resource) (found, bool) {
	trace, ok := traceID(s.trace)
	id, valid := segmentID(s.id)
	if !ok || !valid || s.start == 0 {
		return found{}, false
	}
	parent, _ := segmentID(s.parent)
	if s.parent == "" {
		parent = ""
	}
	one := Segment{
		ID: id, Parent: parent, Name: clip(s.name), Kind: spanKinds[s.kind], Service: of.service, Task: of.task,
		Start: nanoseconds(s.start), Message: clip(s.message),
	}
	if one.Kind == "" {
		one.Kind = KindInternal // OTLP: SPAN_KIND_UNSPECIFIED may be taken for it
	}
	if s.end >= s.start {
		one.End = nanoseconds(s.end)
	}
	for _, a := range s.attributes {
		one.understand(a.name, a.value)
	}
	if one.Message == "" {
		one.Message = clip(s.exception)
	}
	one.judge()
	// An error of no HTTP status is the program's own: X-Ray calls it a fault.
	if s.status == statusError && !one.Error {
		one.Fault = true
	}
	return found{trace, one}, true
}

func nanoseconds(n uint64) time.Time {
	const most = 1<<63 - 1
	return time.Unix(0, int64(min(n, most)))
}
