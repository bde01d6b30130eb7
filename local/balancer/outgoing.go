package balancer

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"strconv"
)

// appendOutgoing writes the head of the request as a target gets it: over
// HTTP/1.1, without the fields that belong to the client's connection, with
// the X-Forwarded fields (AWS: "HTTP headers and Application Load Balancers")
// and the trace. Its body is framed anew, never as the client framed it.
func (x *exchange) appendOutgoing(out []byte) []byte {
	out = append(out, x.method...)
	out = append(out, ' ')
	out = append(out, x.uri...)
	out = append(out, " HTTP/1.1\r\nHost: "...)
	if len(x.host) > 0 {
		out = append(out, x.host...)
	} else { // HTTP/1.0 may have none
		out = append(out, x.here.String()...)
	}
	out = append(out, "\r\n"...)
	named := namesFields(x.fields)
	var forwarded []byte
	for i := range x.fields {
		f := &x.fields[i]
		switch f.kind {
		case otherField, dateField, userAgentField:
			if !named || !isNamed(x.fields, f.name) {
				out = appendField(out, f.name, f.value)
			}
		case forwardedForField:
			forwarded = join(forwarded, f.value)
		case upgradeField:
			if x.upgrades {
				out = appendField(out, f.name, f.value)
			}
		}
	}
	out = x.appendForwarded(out, forwarded)
	out = append(out, "X-Amzn-Trace-Id: "...)
	out = append(out, x.traceID()...)
	switch {
	case x.upgrades:
		out = append(out, "\r\nConnection: Upgrade"...)
	case x.isolated:
		out = append(out, "\r\nConnection: close"...)
	}
	switch {
	case x.length == unknownLength:
		out = append(out, "\r\nTransfer-Encoding: chunked"...)
	case x.length > 0 || x.value(contentLengthField) != nil:
		out = append(out, "\r\nContent-Length: "...)
		out = strconv.AppendInt(out, x.length, 10)
	}
	return append(out, "\r\n\r\n"...)
}

func appendField(out, name, value []byte) []byte {
	out = append(out, name...)
	out = append(out, ": "...)
	out = append(out, value...)
	return append(out, "\r\n"...)
}

// namesFields says whether a Connection field names other fields, which are of
// one connection only then. Mostly none does, and nobody need look them up.
func namesFields(fields []field) bool {
	for i := range fields {
		f := &fields[i]
		if f.kind == connectionField && !equalFold(f.value, "keep-alive") && !equalFold(f.value, "close") {
			return true
		}
	}
	return false
}

// isNamed says whether a Connection field names a field. Those that matter for
// framing and routing are never sent on anyway.
func isNamed(fields []field, name []byte) bool {
	for i := range fields {
		if f := &fields[i]; f.kind == connectionField && listed(f.value, string(name)) {
			return true
		}
	}
	return false
}

// appendForwarded writes X-Forwarded-For by the balancer's mode, -Proto and
// -Port.
func (x *exchange) appendForwarded(out, given []byte) []byte {
	mode := x.settings.ForwardedFor
	if mode != RemoveForwardedFor && (mode != PreserveForwardedFor || given != nil) {
		out = append(out, "X-Forwarded-For: "...)
		out = append(out, given...)
		if mode == AppendForwardedFor {
			if len(given) > 0 {
				out = append(out, ", "...)
			}
			out = appendAddress(out, x.peer, x.settings.ForwardedPort)
		}
		out = append(out, "\r\n"...)
	}
	if x.secure {
		out = append(out, "X-Forwarded-Proto: https\r\nX-Forwarded-Port: "...)
	} else {
		out = append(out, "X-Forwarded-Proto: http\r\nX-Forwarded-Port: "...)
	}
	out = append(out, requestPort(&x.request, x.listener.defaultPort())...)
	return append(out, "\r\n"...)
}

func appendAddress(out []byte, a netip.AddrPort, withPort bool) []byte {
	if withPort {
		return a.AppendTo(out)
	}
	return a.Addr().AppendTo(out)
}

func join(list, value []byte) []byte {
	if list == nil {
		return value
	}
	return bytes.Join([][]byte{list, value}, []byte(", "))
}

// traceID begins a trace, Root=1-time-random, or puts its own Self field in
// front of a client's, in the place of another balancer's (AWS: "Request
// tracing for your Application Load Balancer"). The random part tells traces
// apart and keeps no secret.
func (x *exchange) traceID() []byte {
	if len(x.trace) > 0 {
		return x.trace // a second attempt is the same request
	}
	given := x.value(traceField)
	if given == nil {
		x.trace = append(x.trace, "Root=1-"...)
	} else {
		x.trace = append(x.trace, "Self=1-"...)
	}
	x.trace = appendFixedHex(x.trace, uint64(x.received.Unix()), 8)
	x.trace = append(x.trace, '-')
	x.trace = appendFixedHex(x.trace, rand.Uint64(), 16)
	x.trace = appendFixedHex(x.trace, rand.Uint64(), 8)
	for len(given) > 0 {
		one := given
		if i := bytes.IndexByte(given, ';'); i >= 0 {
			one, given = given[:i], given[i+1:]
		} else {
			given = nil
		}
		if !bytes.HasPrefix(trimSpace(one), []byte("Self=")) {
			x.trace = append(x.trace, ';')
			x.trace = append(x.trace, one...)
		}
	}
	return x.trace
}

// appendFixedHex writes the last digits of a number.
func appendFixedHex(out []byte, n uint64, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		out = append(out, "0123456789abcdef"[n>>shift&15])
	}
	return out
}
