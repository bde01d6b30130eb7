package balancer

import (
	"bytes"
	"crypto/tls"
	"errors"
	"time"
)

// client is where an answer goes: an HTTP/1.x connection or an HTTP/2 stream.
type client interface {
	// begin starts an answer. Its slices are not kept.
	begin(a *answer)
	// write takes a piece of the body, flush sends what was taken, end
	// finishes the answer.
	write(piece []byte) error
	flush() error
	end() error
	// begun says whether a part of the answer has left already.
	begun() bool
	// withdraw takes an answer back that has not begun to leave.
	withdraw()
	// awaitBody lets the next read of the body take the idle timeout.
	awaitBody(now time.Time)
	// stopBody ends a read of the body that is under way.
	stopBody()
	// watch calls gone when the client leaves, until stop is called. The body
	// has been read when it begins.
	watch(gone func()) (stop func())
}

// exchange is one request and its answer. It is used again for the next
// request of its connection, with what it has allocated.
type exchange struct {
	request
	listener *Listener
	settings *Settings
	client   client
	source   source // the request's body; nil without one
	whole    bool   // all of it is at hand
	shard    uint32
	tls      *tls.ConnectionState // nil without TLS

	group    *Group
	target   *target
	upstream *conn
	response response
	relayed  body   // the answer's body
	outgoing []byte // the request as the target gets it
	pump     *pump  // nil when the request went out whole

	trace                []byte
	sent, answeredAt     time.Time // to the target; by the target
	ended                time.Time
	status, targetStatus int
	bytesIn, bytesOut    int
	priority             int
	actions, location    string
	clientGone           bool
}

// maxForwardedFor is how many addresses X-Forwarded-For may hold (AWS:
// "Troubleshoot your Application Load Balancers", 463).
const maxForwardedFor = 30

// Errors that end a client's connection.
var (
	errClientGone = errors.New("the client closed its connection")
	errBrokenOff  = errors.New("an answer could not be finished")
)

// begin makes ready for a request that the client has just sent.
func (x *exchange) begin(now time.Time) {
	x.received, x.sent, x.answeredAt = now, time.Time{}, time.Time{}
	x.settings = x.listener.Balancer.settings.Load()
	x.group, x.target, x.upstream, x.pump = nil, nil, nil, nil
	x.status, x.targetStatus, x.bytesIn, x.bytesOut, x.priority = 0, 0, 0, 0, 0
	x.actions, x.location, x.clientGone = "", "", false
	x.trace = x.trace[:0]
}

// run carries a request out. An error means that the client's connection
// cannot go on.
func (x *exchange) run() error {
	x.whole = x.isWhole()
	if x.class.level == ambiguous && x.settings.Strict {
		return x.fail(400)
	}
	if x.settings.DropInvalidFields {
		x.dropInvalid()
	}
	if x.forwardedFor() > maxForwardedFor {
		return x.fail(463)
	}
	table := x.listener.table.Load()
	action, priority := table.choose(&x.request)
	x.priority = priority
	switch {
	case action.Fixed != nil:
		return x.fixed(action.Fixed)
	case action.Redirect != nil:
		return x.redirect(action.Redirect)
	}
	x.actions = "forward"
	group := action.draw()
	if group == nil {
		return x.fail(503)
	}
	return x.forward(group)
}

// forwardedFor is how many addresses the client's X-Forwarded-For fields hold.
func (x *exchange) forwardedFor() (n int) {
	for i := range x.fields {
		if f := &x.fields[i]; f.kind == forwardedForField {
			n += bytes.Count(f.value, []byte(",")) + 1
		}
	}
	return n
}

// dropInvalid removes the fields that
// routing.http.drop_invalid_header_fields.enabled removes.
func (x *exchange) dropInvalid() {
	kept := x.fields[:0]
	for _, f := range x.fields {
		if f.kind != otherField || isPlainName(f.name) {
			kept = append(kept, f)
		}
	}
	x.fields = kept
}

// count changes the balancer's sums.
func (x *exchange) count(change func(*Counts)) {
	x.listener.Balancer.recorder.shard(x.shard).note(change)
}

// finish counts and logs a request that is over.
func (x *exchange) finish() {
	x.ended = now()
	if x.target != nil {
		x.group.recorder.shard(x.shard).targeted(x.targetStatus, x.answeredAt.Sub(x.sent))
	}
	x.listener.Balancer.recorder.shard(x.shard).moved(x.bytesIn + x.bytesOut)
	if log := x.listener.Balancer.log.Load(); log != nil {
		log.write(x)
	}
}
