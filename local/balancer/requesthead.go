package balancer

import (
	"bytes"
	"net/netip"
	"time"
)

// Versions of HTTP that clients speak.
const (
	version10 = 10
	version11 = 11
	version20 = 20
)

// Limits of a request, in bytes (AWS: "Quotas for your Application Load
// Balancers", and 400 and 414 in "Troubleshoot your Application Load
// Balancers").
const (
	maxRequestLine = 16 << 10
	maxHead        = 64 << 10
	maxMethod      = 127
)

// request is a client's request. Its slices belong to the client's buffer.
type request struct {
	method  []byte
	uri     []byte // as a target of the group gets it: path and query
	path    []byte // without the query, as it was sent
	query   []byte // without the question mark
	host    []byte
	version int
	fields  []field
	length  int64 // of the body; unknownLength where it comes in chunks
	secure  bool

	peer     netip.AddrPort
	here     netip.AddrPort // where the client connected to
	received time.Time

	class    classification
	isolated bool // its connections carry no other request
	closes   bool // the client asks for no other request
	upgrades bool
	expects  bool // it waits for 100 Continue
}

// refusal is a request that the balancer answers itself because of its form.
type refusal struct {
	status int
	class  classification
}

func refuse(status int, level, reason string) *refusal {
	return &refusal{status, classification{level, reason}}
}

// parse reads a head as conn.head answers it; nil is a request that may go on.
func (r *request) parse(head []byte) *refusal {
	end := bytes.IndexByte(head, '\n')
	if end < 1 || head[end-1] != '\r' {
		return refuse(400, severe, "BadHeader")
	}
	if end > maxRequestLine {
		return refuse(414, severe, "BadUri")
	}
	if no := r.parseLine(head[:end-1]); no != nil {
		return no
	}
	fields, err := parseFields(head[end+1:], r.fields[:0])
	if err != nil {
		return refuse(400, severe, "BadHeader")
	}
	r.fields = fields
	return r.check()
}

// check looks at the fields, whichever version of HTTP brought them.
func (r *request) check() *refusal {
	if !isToken(r.method) || len(r.method) > maxMethod {
		return refuse(400, severe, "BadMethod")
	}
	hosts, webSocket := 0, false
	for i := range r.fields {
		f := &r.fields[i]
		switch f.kind {
		case hostField:
			hosts++
			if r.host == nil { // an absolute target has its own (RFC 9112, 3.2.2)
				r.host = f.value
			}
		case connectionField:
			r.closes = r.closes || listed(f.value, "close")
			r.upgrades = r.upgrades || listed(f.value, "upgrade")
			if r.version == version10 && listed(f.value, "keep-alive") {
				r.closes = false
			}
		case upgradeField:
			webSocket = isWebSocket(f.value)
		case expectField:
			r.expects = r.version == version11 && equalFold(f.value, "100-continue")
		}
	}
	if hosts > 1 || r.version != version10 && len(r.host) == 0 || !isHost(r.host) {
		return refuse(400, severe, "BadHeader")
	}
	if string(r.method) == "TRACE" {
		return refuse(405, acceptable, "BadMethod")
	}
	r.dropSuspicious()
	if no := r.frame(); no != nil {
		return no
	}
	// WebSocket is the one protocol that ALB goes over to, without a body:
	// nobody could say where it ends and the tunnel begins.
	r.upgrades = r.upgrades && webSocket && r.version == version11 && r.length == 0
	return nil
}

// parseLine reads method, target and version.
func (r *request) parseLine(line []byte) *refusal {
	first, last := bytes.IndexByte(line, ' '), bytes.LastIndexByte(line, ' ')
	if first < 0 || first == last {
		return refuse(400, severe, "BadVersion")
	}
	r.method = line[:first]
	switch version := line[last+1:]; {
	case string(version) == "HTTP/1.1":
		r.version = version11
	case string(version) == "HTTP/1.0":
		r.version, r.closes = version10, true
	case bytes.HasPrefix(version, []byte("HTTP/")):
		return refuse(505, severe, "BadVersion")
	default:
		return refuse(400, severe, "BadVersion")
	}
	return r.parseTarget(line[first+1 : last])
}

// parseTarget reads the origin form, the absolute form and the asterisk of
// OPTIONS (RFC 9112, 3.2). A balancer is no proxy for CONNECT.
func (r *request) parseTarget(target []byte) *refusal {
	for _, c := range target {
		if c <= ' ' || c == 0x7f {
			return refuse(400, severe, "BadUri")
		}
	}
	for _, scheme := range []string{"http://", "https://"} {
		if len(target) < len(scheme) || !equalFold(target[:len(scheme)], scheme) {
			continue
		}
		rest := target[len(scheme):]
		slash := bytes.IndexAny(rest, "/?")
		if slash < 0 {
			slash = len(rest)
		}
		if slash == 0 {
			return refuse(400, severe, "BadUri")
		}
		r.host, target = rest[:slash], rest[slash:]
		if len(target) == 0 || target[0] == '?' {
			target = append([]byte("/"), target...)
		}
	}
	asterisk := string(target) == "*" && string(r.method) == "OPTIONS"
	if len(target) == 0 || target[0] != '/' && !asterisk {
		return refuse(400, severe, "BadUri")
	}
	if fragment := bytes.IndexByte(target, '#'); fragment >= 0 {
		target = target[:fragment]
	}
	r.uri, r.path, r.query = target, target, nil
	if i := bytes.IndexByte(target, '?'); i >= 0 {
		r.path, r.query = target[:i], target[i+1:]
	}
	return nil
}

// isHost: what a host and port may be made of (RFC 3986, 3.2.2).
func isHost(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte(`"#/<>?@\^`+"`{|}"), c) >= 0 {
			return false
		}
	}
	return true
}

// reset makes ready for the connection's next request.
func (r *request) reset() {
	clear(r.fields)
	*r = request{fields: r.fields[:0], peer: r.peer, here: r.here, secure: r.secure}
}

// value is a field's value, the first of several; nil without one.
func (r *request) value(kind fieldKind) []byte {
	for i := range r.fields {
		if r.fields[i].kind == kind {
			return r.fields[i].value
		}
	}
	return nil
}
