package telemetry

import (
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What follows is OTLP's JSON of an export request, as far as this program
// fills it: ids in hex, whole numbers of 64 bits as text, enumerations as
// numbers. Links and trace states are none of its spans'.
type (
	otlpRequest struct {
		ResourceSpans []otlpResourceSpans `json:"resourceSpans"`
	}
	otlpResourceSpans struct {
		Resource   otlpResource     `json:"resource"`
		ScopeSpans []otlpScopeSpans `json:"scopeSpans"`
	}
	otlpResource struct {
		Attributes []otlpAttribute `json:"attributes"`
	}
	otlpScopeSpans struct {
		Scope otlpScope  `json:"scope"`
		Spans []otlpSpan `json:"spans"`
	}
	otlpScope struct {
		Name string `json:"name"`
	}
	otlpSpan struct {
		TraceID      string          `json:"traceId"`
		SpanID       string          `json:"spanId"`
		ParentSpanID string          `json:"parentSpanId,omitempty"`
		Name         string          `json:"name"`
		Kind         int             `json:"kind"`
		Start        string          `json:"startTimeUnixNano"`
		End          string          `json:"endTimeUnixNano"`
		Attributes   []otlpAttribute `json:"attributes,omitempty"`
		Events       []otlpEvent     `json:"events,omitempty"`
		Status       otlpStatus      `json:"status"`
	}
	otlpEvent struct {
		Time       string          `json:"timeUnixNano"`
		Name       string          `json:"name"`
		Attributes []otlpAttribute `json:"attributes,omitempty"`
	}
	otlpStatus struct {
		Code    int    `json:"code,omitempty"`
		Message string `json:"message,omitempty"`
	}
	otlpAttribute struct {
		Key   string    `json:"key"`
		Value otlpValue `json:"value"`
	}
	// otlpValue has one member.
	otlpValue struct {
		String *string  `json:"stringValue,omitempty"`
		Int    *string  `json:"intValue,omitempty"`
		Double *float64 `json:"doubleValue,omitempty"`
		Bool   *bool    `json:"boolValue,omitempty"`
	}
)

// encode groups spans by the scope that made them; all are of this task.
func encode(spans []sdktrace.ReadOnlySpan) otlpRequest {
	if len(spans) == 0 {
		return otlpRequest{}
	}
	var scopes []otlpScopeSpans
	index := map[string]int{}
	for _, s := range spans {
		name := s.InstrumentationScope().Name
		i, known := index[name]
		if !known {
			i = len(scopes)
			index[name] = i
			scopes = append(scopes, otlpScopeSpans{Scope: otlpScope{name}})
		}
		scopes[i].Spans = append(scopes[i].Spans, encodeSpan(s))
	}
	resource := otlpResource{encodeAttributes(spans[0].Resource().Attributes())}
	return otlpRequest{[]otlpResourceSpans{{Resource: resource, ScopeSpans: scopes}}}
}

func encodeSpan(s sdktrace.ReadOnlySpan) otlpSpan {
	encoded := otlpSpan{
		TraceID: s.SpanContext().TraceID().String(), SpanID: s.SpanContext().SpanID().String(),
		Name: s.Name(), Kind: int(s.SpanKind()), // both count alike: internal 1, server 2, client 3
		Start: nanoseconds(s.StartTime()), End: nanoseconds(s.EndTime()),
		Attributes: encodeAttributes(s.Attributes()),
	}
	if s.Parent().HasSpanID() {
		encoded.ParentSpanID = s.Parent().SpanID().String()
	}
	for _, e := range s.Events() {
		encoded.Events = append(encoded.Events, otlpEvent{nanoseconds(e.Time), e.Name, encodeAttributes(e.Attributes)})
	}
	switch s.Status().Code { // counted the other way round
	case codes.Ok:
		encoded.Status = otlpStatus{Code: 1}
	case codes.Error:
		encoded.Status = otlpStatus{Code: 2, Message: s.Status().Description}
	}
	return encoded
}

func nanoseconds(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func encodeAttributes(all []attribute.KeyValue) []otlpAttribute {
	encoded := make([]otlpAttribute, len(all))
	for i, a := range all {
		encoded[i] = otlpAttribute{string(a.Key), encodeValue(a.Value)}
	}
	return encoded
}

// encodeValue writes what is neither a number nor a truth as its text.
func encodeValue(v attribute.Value) (encoded otlpValue) {
	switch v.Type() {
	case attribute.INT64:
		encoded.Int = new(strconv.FormatInt(v.AsInt64(), 10))
	case attribute.FLOAT64:
		encoded.Double = new(v.AsFloat64())
	case attribute.BOOL:
		encoded.Bool = new(v.AsBool())
	default:
		encoded.String = new(v.String())
	}
	return encoded
}
