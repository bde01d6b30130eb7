package traces

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// What follows is OTLP's JSON of a request, as far as it is read (OTLP: "JSON
// Protobuf Encoding"): ids in hex, whole numbers of 64 bits as text or as
// numbers, unknown members ignored.
type (
	jsonRequest struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes []jsonAttribute }
			ScopeSpans []struct{ Spans []jsonSpan }
		}
	}
	jsonSpan struct {
		TraceID, SpanID, ParentSpanID, Name string
		Kind                                int
		StartTimeUnixNano, EndTimeUnixNano  whole
		Attributes                          []jsonAttribute
		Events                              []struct {
			Name       string
			Attributes []jsonAttribute
		}
		Status struct {
			Code    int
			Message string
		}
	}
	jsonAttribute struct {
		Key   string
		Value jsonValue
	}
	// jsonValue has one member; null has none.
	jsonValue struct {
		StringValue *string
		IntValue    *json.RawMessage
		DoubleValue *json.RawMessage
		BoolValue   *bool
		BytesValue  *string
		ArrayValue  *struct{ Values []jsonValue }
		KvlistValue *struct{ Values []jsonAttribute }
	}
)

// whole is an unsigned number of 64 bits, as text or as a number.
type whole uint64

func (w *whole) UnmarshalJSON(content []byte) error {
	text := string(bytes.Trim(content, `"`))
	if text == "null" || text == "" {
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return errors.New("a time is no whole number of nanoseconds: " + clip(text))
	}
	*w = whole(n)
	return nil
}

// parseJSON reads a request and answers the segments in it, and how many spans
// it refuses because their ids or times are not valid.
func parseJSON(content []byte, task string) (all []found, refused int, err error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	var request jsonRequest
	if err := decoder.Decode(&request); err != nil {
		return nil, 0, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, 0, errors.New("something follows the JSON object")
	}
	for _, r := range request.ResourceSpans {
		of := resourceOf(texts(r.Resource.Attributes), task)
		for _, scope := range r.ScopeSpans {
			for i := range scope.Spans {
				one := scope.Spans[i].span()
				segment, ok := one.segment(of)
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

func (s *jsonSpan) span() *span {
	one := &span{
		trace: s.TraceID, id: s.SpanID, parent: s.ParentSpanID, name: s.Name, kind: s.Kind,
		start: uint64(s.StartTimeUnixNano), end: uint64(s.EndTimeUnixNano),
		status: s.Status.Code, message: s.Status.Message, attributes: texts(s.Attributes),
	}
	for _, e := range s.Events {
		one.note(e.Name, texts(e.Attributes))
	}
	return one
}

func texts(all []jsonAttribute) []attribute {
	found := make([]attribute, len(all))
	for i, a := range all {
		found[i] = attribute{a.Key, a.Value.text(0)}
	}
	return found
}

// maxDepth is how deep values may be nested; what is deeper is left out.
const maxDepth = 4

func (v *jsonValue) text(depth int) string {
	switch {
	case v.StringValue != nil:
		return *v.StringValue
	case v.IntValue != nil:
		return strings.Trim(string(*v.IntValue), `"`)
	case v.DoubleValue != nil: // NaN and Infinity are texts
		return strings.Trim(string(*v.DoubleValue), `"`)
	case v.BoolValue != nil:
		return strconv.FormatBool(*v.BoolValue)
	case v.BytesValue != nil:
		return *v.BytesValue
	case v.ArrayValue != nil && depth < maxDepth:
		var parts []string
		for i := range v.ArrayValue.Values {
			parts = append(parts, v.ArrayValue.Values[i].text(depth+1))
		}
		return strings.Join(parts, ", ")
	}
	return "" // a list of names and values may hide a secret: it is not kept
}
