package telemetry

import (
	crypto "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// xrayHeader is how AWS hands a trace on, for example
// Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1.
// A load balancer sends the root alone. OpenTelemetry's own propagator takes
// no root without a parent, so it would lose every one of those traces; it is
// no longer maintained besides.
const xrayHeader = "X-Amzn-Trace-Id"

// SampledPercent is how much of what nobody has decided about is traced: as
// much as the template's X-Ray sampling rule takes of other workloads.
const SampledPercent = 5

// maxTraceID is more than a load balancer sends: what a client makes up must
// not swell the logs.
const maxTraceID = 64

// incoming is what the header says.
type incoming struct {
	root    string        // as it came; "" without one
	trace   trace.TraceID // zero where the root is none of X-Ray's
	parent  trace.SpanID  // zero where no span is above
	sampled byte          // '1' or '0'; 0 where nobody has decided
}

func readHeader(value string) (in incoming) {
	for field := range strings.SplitSeq(value, ";") {
		key, text, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch {
		case key == "Root" && in.root == "" && text != "" && len(text) <= maxTraceID:
			in.root = text
			in.trace = parseRoot(text)
		case key == "Parent" && len(text) == 2*len(in.parent):
			if _, err := hex.Decode(in.parent[:], []byte(text)); err != nil {
				in.parent = trace.SpanID{}
			}
		case key == "Sampled" && (text == "1" || text == "0"): // "?" asks us
			in.sampled = text[0]
		}
	}
	return in
}

// isSampled is the caller's decision, else the trace's own: every service that
// goes by the id decides alike.
func (in incoming) isSampled(id trace.TraceID) bool {
	if in.sampled != 0 {
		return in.sampled == '1'
	}
	return binary.BigEndian.Uint64(id[8:])>>1 < 1<<63/100*SampledPercent
}

// Where X-Ray's form of a trace id, 1-5759e988-bd862e3fe1be46a994272793, has
// its two parts.
const (
	xrayTime, xrayTimeEnd   = 2, 10
	xrayUnique, xrayFormLen = 11, 35
)

func parseRoot(root string) (id trace.TraceID) {
	if len(root) != xrayFormLen || root[:xrayTime] != "1-" || root[xrayTimeEnd] != '-' {
		return id
	}
	if _, err := hex.Decode(id[:4], []byte(root[xrayTime:xrayTimeEnd])); err != nil {
		return trace.TraceID{}
	}
	if _, err := hex.Decode(id[4:], []byte(root[xrayUnique:])); err != nil {
		return trace.TraceID{}
	}
	return id
}

func xrayForm(id trace.TraceID) string {
	var form [xrayFormLen]byte
	copy(form[:], "1-")
	hex.Encode(form[xrayTime:], id[:4])
	form[xrayTimeEnd] = '-'
	hex.Encode(form[xrayUnique:], id[4:])
	return string(form[:])
}

// newTraceID begins with the time: X-Ray refuses an id that is older than 30
// days.
func newTraceID() (id trace.TraceID) {
	binary.BigEndian.PutUint32(id[:], uint32(time.Now().Unix()))
	binary.BigEndian.PutUint32(id[4:], rand.Uint32())
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	return id
}

// TraceIDOf reads the trace id that the load balancer sent in X-Amzn-Trace-Id
// (Root=1-…), or makes a new one for a request that came without.
func TraceIDOf(h http.Header) string {
	if root := readHeader(h.Get(xrayHeader)).root; root != "" {
		return root
	}
	var id [16]byte
	crypto.Read(id[:])
	return hex.EncodeToString(id[:])
}
