package traces

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// parseProto reads a request in protobuf as parseJSON does one in JSON. A
// TracesData has the bytes of an ExportTraceServiceRequest: both have the
// resource's spans as field 1; the request's package would bring gRPC with it.
func parseProto(content []byte, task string) (all []found, refused int, err error) {
	var request otlp.TracesData
	if err := proto.Unmarshal(content, &request); err != nil {
		return nil, 0, err
	}
	for _, r := range request.GetResourceSpans() {
		of := resourceOf(protoTexts(r.GetResource().GetAttributes()), task)
		for _, scope := range r.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				segment, ok := protoSpan(s).segment(of)
				if !ok {
					refused++
					continue
				}
				all = append(all, segment)
			}
		}
	}
	return all, refused, nil
}

func protoSpan(s *otlp.Span) *span {
	one := &span{
		trace: hex.EncodeToString(s.GetTraceId()), id: hex.EncodeToString(s.GetSpanId()), parent: hex.EncodeToString(s.GetParentSpanId()),
		name: s.GetName(), kind: int(s.GetKind()), start: s.GetStartTimeUnixNano(), end: s.GetEndTimeUnixNano(),
		status: int(s.GetStatus().GetCode()), message: s.GetStatus().GetMessage(), attributes: protoTexts(s.GetAttributes()),
	}
	for _, e := range s.GetEvents() {
		one.note(e.GetName(), protoTexts(e.GetAttributes()))
	}
	return one
}

// note takes an event: of an exception its message (OpenTelemetry: "Semantic
// conventions for exceptions on spans").
func (s *span) note(event string, attributes []attribute) {
	if event != "exception" {
		return
	}
	for _, a := range attributes {
		if a.name == "exception.message" {
			s.exception = a.value
		}
	}
}

func protoTexts(all []*common.KeyValue) []attribute {
	texts := make([]attribute, len(all))
	for i, a := range all {
		texts[i] = attribute{a.GetKey(), protoText(a.GetValue(), 0)}
	}
	return texts
}

func protoText(v *common.AnyValue, depth int) string {
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_IntValue:
		return strconv.FormatInt(v.IntValue, 10)
	case *common.AnyValue_DoubleValue:
		return strconv.FormatFloat(v.DoubleValue, 'g', -1, 64)
	case *common.AnyValue_BoolValue:
		return strconv.FormatBool(v.BoolValue)
	case *common.AnyValue_BytesValue:
		return base64.StdEncoding.EncodeToString(v.BytesValue)
	case *common.AnyValue_ArrayValue:
		if depth >= maxDepth {
			return ""
		}
		var parts []string
		for _, one := range v.ArrayValue.GetValues() {
			parts = append(parts, protoText(one, depth+1))
		}
		return strings.Join(parts, ", ")
	}
	return "" // as in JSON
}
