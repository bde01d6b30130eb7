package traces

import (
	"bytes"
	"testing"
	"time"
	"unicode/utf8"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlpresource "go.opentelemetry.io/proto/otlp/resource/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// sound holds what every parser promises of what it accepts.
func sound(t *testing.T, all []found) {
	t.Helper()
	store := NewStore()
	for _, one := range all {
		if id, ok := traceID(one.trace); !ok || id != one.trace {
			t.Fatalf("the trace id is %q", one.trace)
		}
		s := one.segment
		if _, ok := segmentID(s.ID); !ok || s.Start.IsZero() || s.Duration() < 0 || s.Kind == "" {
			t.Fatalf("the segment is %+v", s)
		}
		for _, text := range []string{s.Name, s.Service, s.Task, s.Method, s.Path, s.Database, s.SQL, s.Message} {
			if !utf8.ValidString(text) || len(text) > 3*maxText {
				t.Fatalf("the text is %q", text)
			}
		}
		store.add(one)
	}
	for _, summary := range store.Summaries(len(all), Filter{}) {
		trace, ok := store.Trace(summary.ID)
		n := 0
		for range trace.All() {
			n++
		}
		if !ok || n != summary.Segments {
			t.Fatalf("%d of %d segments are in the tree", n, summary.Segments)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(requestJSON(spanJSON("00000000000000a1", "", "x", 2, serverAttributes)))
	f.Add([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"` + exampleHex + `","spanId":"00000000000000a1","startTimeUnixNano":18446744073709551615}]}]}]}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, content []byte) {
		all, _, err := parseJSON(content, "")
		if err == nil {
			sound(t, all)
		}
	})
}

// exampleProto is a request as a program in Python sends it.
func exampleProto(t testing.TB) []byte {
	t.Helper()
	text := func(key, value string) *common.KeyValue {
		return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}}
	}
	number := &common.KeyValue{Key: "http.status_code", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: 404}}}
	content, err := proto.Marshal(&otlp.TracesData{ResourceSpans: []*otlp.ResourceSpans{{
		Resource: &otlpresource.Resource{Attributes: []*common.KeyValue{text("service.name", "flask"), text("host.name", "h1")}},
		ScopeSpans: []*otlp.ScopeSpans{{Spans: []*otlp.Span{
			{
				TraceId: bytes.Repeat([]byte{0x57}, 16), SpanId: bytes.Repeat([]byte{1}, 8), Name: "GET /x", Kind: otlp.Span_SPAN_KIND_SERVER,
				StartTimeUnixNano: 1, EndTimeUnixNano: 1_000_001, Attributes: []*common.KeyValue{text("http.method", "GET"), text("http.target", "/x?y=1"), number},
				Events: []*otlp.Span_Event{{Name: "exception", Attributes: []*common.KeyValue{text("exception.message", "not there")}}},
				Status: &otlp.Status{Code: otlp.Status_STATUS_CODE_ERROR},
			},
			{TraceId: []byte{1}},
		}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestS1_SpansInProtobufAreRead(t *testing.T) {
	t.Parallel()
	r := start(t)
	code, answer := post(t, r.OTLPEndpoint(), typeProto, "", exampleProto(t))
	if code != 200 || !bytes.Contains([]byte(answer), []byte("their ids or times are not valid")) {
		t.Fatalf("%d %q", code, answer)
	}
	all := r.Store().Summaries(10, Filter{})
	if len(all) != 1 || all[0].Service != "flask" || all[0].Path != "/x" || !all[0].Error || all[0].Fault || all[0].Duration != time.Millisecond {
		t.Fatalf("the traces are %+v", all)
	}
	trace, _ := r.Store().Trace(all[0].ID)
	if root := trace.Roots[0]; root.Task != "h1" || root.Message != "not there" {
		t.Errorf("the root is %+v", root)
	}
}

func FuzzProto(f *testing.F) {
	f.Add(exampleProto(f))
	f.Fuzz(func(t *testing.T, content []byte) {
		all, _, err := parseProto(content, "")
		if err == nil {
			sound(t, all)
		}
	})
}

func FuzzPacket(f *testing.F) {
	f.Add([]byte(packetHeader + `{"name":"a","id":"00000000000000c3","trace_id":"` + exampleTrace + `","start_time":1.5,"cause":"id","subsegments":[{"id":"00000000000000c4","start_time":2}]}`))
	f.Add([]byte(packetHeader))
	f.Fuzz(func(t *testing.T, content []byte) {
		all, err := parsePacket(content)
		if err == nil {
			sound(t, all)
		}
	})
}

func FuzzStatement(f *testing.F) {
	f.Add("SELECT 'a''b', 1 FROM t")
	f.Fuzz(func(t *testing.T, sql string) {
		if got := withoutValues(sql); !utf8.ValidString(got) || bytes.ContainsRune([]byte(got), '\'') {
			t.Fatalf("%q becomes %q", sql, got)
		}
	})
}
