package traces

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	exampleTrace = "1-5759e988-bd862e3fe1be46a994272793"
	exampleHex   = "5759e988bd862e3fe1be46a994272793"
)

func start(t *testing.T) *Receiver {
	t.Helper()
	r, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// post sends spans and answers the status and the body.
func post(t *testing.T, url, kind, encoding string, body []byte) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/traces", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	if encoding != "" {
		request.Header.Set("Content-Encoding", encoding)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); response.StatusCode == http.StatusOK && got != kind {
		t.Errorf("the answer to %s is %s", kind, got)
	}
	return response.StatusCode, string(answer)
}

// spanJSON is one span in a request, with more members of it.
func spanJSON(id, parent, name string, kind int, more string) string {
	return fmt.Sprintf(`{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":%q,"kind":%d,
		"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000250000000"%s}`, exampleHex, id, parent, name, kind, more)
}

func requestJSON(spans ...string) []byte {
	return []byte(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"catalog-dev"}}]},
		"scopeSpans":[{"spans":[` + strings.Join(spans, ",") + `]}]}]}`)
}

const serverAttributes = `,"attributes":[
	{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"url.path","value":{"stringValue":"/api/products"}},
	{"key":"http.response.status_code","value":{"intValue":"503"}}]`

func TestO2_SpansOfTheServiceBecomeATrace(t *testing.T) {
	t.Parallel()
	r := start(t)
	body := requestJSON(
		spanJSON("00000000000000b2", "00000000000000a1", "SELECT products", 3, `,"attributes":[{"key":"db.query.summary","value":{"stringValue":"SELECT products"}}]`),
		spanJSON("00000000000000a1", "", "GET /api/products", 2, serverAttributes))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(body)
	w.Close()
	if code, answer := post(t, r.OTLPEndpointOf("task-1"), typeJSON, "gzip", packed.Bytes()); code != 200 || answer != "{}" {
		t.Fatal(code, answer)
	}
	trace, ok := r.Store().Trace(exampleTrace)
	if !ok || len(trace.Roots) != 1 || len(trace.Roots[0].Children) != 1 {
		t.Fatalf("the trace is %+v", trace)
	}
	root, child := trace.Roots[0], trace.Roots[0].Children[0]
	if root.Service != "catalog-dev" || root.Task != "task-1" || root.Kind != KindServer || root.Status != 503 || !root.Fault || root.Path != "/api/products" {
		t.Errorf("the root is %+v", root)
	}
	if child.SQL != "SELECT products" || child.Kind != KindClient || child.Duration() != 250*time.Millisecond {
		t.Errorf("the child is %+v", child)
	}
	all := r.Store().Summaries(10, Filter{})
	if len(all) != 1 || all[0].ID != exampleTrace || all[0].Method != "GET" || all[0].Segments != 2 || !all[0].Fault || all[0].Duration != 250*time.Millisecond {
		t.Errorf("the summaries are %+v", all)
	}
}

func TestO2_RefusedSpansAreNamed(t *testing.T) {
	t.Parallel()
	r := start(t)
	large := bytes.Repeat([]byte(" "), maxRequest+1)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(large)
	w.Close()
	for name, c := range map[string]struct {
		kind, encoding string
		body           []byte
		code           int
		says           string
	}{
		"one without an id":    {typeJSON, "", requestJSON(spanJSON("0000000000000000", "", "x", 1, "")), 200, `"rejectedSpans":"1"`},
		"no JSON":              {typeJSON, "", []byte("{"), 400, "no ExportTraceServiceRequest"},
		"two requests":         {typeJSON, "", []byte("{}{}"), 400, "follows"},
		"no protobuf":          {typeProto, "", []byte{0xff}, 400, "no ExportTraceServiceRequest"},
		"another type":         {"text/plain", "", nil, 415, "set Content-Type"},
		"another encoding":     {typeJSON, "br", nil, 400, "send gzip or none"},
		"too large":            {typeJSON, "", large, 413, "smaller batches"},
		"too large when whole": {typeJSON, "gzip", packed.Bytes(), 413, "smaller batches"},
		"nothing":              {typeProto, "", nil, 200, ""},
		"with a charset":       {typeJSON + "; charset=utf-8", "", nil, 400, ""},
	} {
		if code, answer := post(t, r.OTLPEndpoint(), c.kind, c.encoding, c.body); code != c.code || !strings.Contains(answer, c.says) {
			t.Errorf("%s: %d %q", name, code, answer)
		}
	}
	if kept, _ := r.Store().Len(); kept != 0 {
		t.Errorf("%d traces are kept", kept)
	}
}

// send hands packets to the daemon, then waits until a trace is there.
func send(t *testing.T, r *Receiver, wanted func() bool, packets ...string) {
	t.Helper()
	conn, err := net.Dial("udp4", r.DaemonAddress())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, packet := range packets {
		if _, err := io.WriteString(conn, packet); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(5 * time.Second); !wanted(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the packets have not arrived after 5 s")
		}
	}
}

const packetHeader = `{"format":"json","version":1}` + "\n"

func TestS1_SegmentsOfTheXRaySDKJoinTheTrace(t *testing.T) {
	t.Parallel()
	r := start(t)
	post(t, r.OTLPEndpoint(), typeJSON, "", requestJSON(spanJSON("00000000000000a1", "", "GET /api/products", 2, serverAttributes)))
	segment := packetHeader + `{"name":"flask","id":"00000000000000c3","trace_id":"` + exampleTrace + `","parent_id":"00000000000000a1",
		"start_time":1700000000.1,"end_time":1700000000.2,"http":{"request":{"method":"GET","url":"http://u:p@flask/x?token=1"},"response":{"status":429}},
		"subsegments":[{"name":"db","id":"00000000000000d4","namespace":"remote","start_time":1700000000.11,"end_time":1700000000.12,
		"sql":{"sanitized_query":"SELECT 1","database_type":"PostgreSQL"},"cause":{"exceptions":[{"type":"Timeout","message":"too slow"}]},"fault":true}]}`
	send(t, r, func() bool {
		return len(r.Store().Summaries(1, Filter{})) == 1 && r.Store().Summaries(1, Filter{})[0].Segments == 3 && r.Dropped() == 1
	},
		"no segment", segment)
	trace, _ := r.Store().Trace(exampleHex)
	depths := []string{}
	for depth, s := range trace.All() {
		depths = append(depths, fmt.Sprint(depth, s.Name, s.Path, s.Status, s.Throttle, s.Error, s.Fault, s.SQL, s.Message))
	}
	want := []string{
		fmt.Sprint(0, "GET /api/products", "/api/products", 503, false, false, true, "", ""),
		fmt.Sprint(1, "flask", "/x", 429, true, true, false, "", ""),
		fmt.Sprint(2, "db", "", 0, false, false, true, "SELECT ?", "Timeout: too slow"),
	}
	if strings.Join(depths, "\n") != strings.Join(want, "\n") {
		t.Errorf("the trace is\n%s\nwant\n%s", strings.Join(depths, "\n"), strings.Join(want, "\n"))
	}
}

func TestS1_ASegmentInProgressIsCompletedLater(t *testing.T) {
	t.Parallel()
	r := start(t)
	minimal := packetHeader + `{"name":"flask","id":"00000000000000c3","trace_id":"` + exampleTrace + `","start_time":1700000000.5,`
	complete := func() bool {
		all := r.Store().Summaries(1, Filter{})
		return len(all) == 1 && !all[0].InProgress
	}
	send(t, r, complete, minimal+`"in_progress":true}`, minimal+`"end_time":1700000001.5}`, minimal+`"in_progress":true}`, "end")
	send(t, r, func() bool { return r.Dropped() == 2 }, "end")
	if all := r.Store().Summaries(1, Filter{}); all[0].Duration != time.Second || all[0].InProgress {
		t.Errorf("the trace is %+v", all)
	}
}

// ask asks the daemon's HTTP half.
func ask(t *testing.T, r *Receiver, path, body string, into any) int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Post("http://"+r.DaemonAddress()+path, typeJSON, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}
