package balancer

import (
	"bytes"
	"errors"
	"strings"
)

// field is a header field of a message: slices of the buffer that it was read
// into.
type field struct {
	name, value []byte
	kind        fieldKind
}

// fieldKind names the fields that the balancer itself has to do with.
type fieldKind uint8

const (
	otherField fieldKind = iota
	hostField
	contentLengthField
	transferEncodingField
	connectionField
	hopField // of one connection only: never sent on
	upgradeField
	expectField
	forwardedForField
	forwardedProtoField
	forwardedPortField
	traceField
	dateField
	userAgentField
	amznField // what the balancer alone may set: X-Amzn-Tls-…, X-Amzn-Mtls-…
)

// kinds are the known fields by length, so that a name is compared with few.
var kinds = func() (byLength [20][]knownField) {
	for name, kind := range map[string]fieldKind{
		"Host": hostField, "Content-Length": contentLengthField, "Transfer-Encoding": transferEncodingField,
		"Connection": connectionField, "Upgrade": upgradeField, "Expect": expectField,
		"Keep-Alive": hopField, "Proxy-Connection": hopField, "TE": hopField, "Trailer": hopField, "HTTP2-Settings": hopField,
		"X-Forwarded-For": forwardedForField, "X-Forwarded-Proto": forwardedProtoField, "X-Forwarded-Port": forwardedPortField,
		"X-Amzn-Trace-Id": traceField, "Date": dateField, "User-Agent": userAgentField,
		"X-Amzn-Tls-Version": amznField,
	} {
		byLength[len(name)] = append(byLength[len(name)], knownField{name, kind})
	}
	return byLength
}()

type knownField struct {
	name string
	kind fieldKind
}

func kindOf(name []byte) fieldKind {
	if len(name) >= len(kinds) {
		return otherField
	}
	for _, known := range kinds[len(name)] {
		if name[0]|0x20 == known.name[0]|0x20 && equalFold(name, known.name) {
			return known.kind
		}
	}
	return otherField
}

// equalFold compares ASCII without regard to case.
func equalFold(a []byte, b string) bool {
	return len(a) == len(b) && strings.EqualFold(string(a), b)
}

var errBadHeader = errors.New("a header field is malformed or larger than the limit")

// maxField is the limit of one header field, in bytes (AWS: "Quotas for your
// Application Load Balancers").
const maxField = 16 << 10

// parseFields reads the lines after a message's first one, each with its CRLF.
// A name that is no token, a NUL or a carriage return in a value, a field over
// several lines and a space before the colon are errors (RFC 9112, 5).
func parseFields(lines []byte, fields []field) ([]field, error) {
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n')
		if end < 1 || lines[end-1] != '\r' {
			return nil, errBadHeader
		}
		line := lines[:end-1]
		lines = lines[end+1:]
		if len(line) > maxField {
			return nil, errBadHeader
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 {
			return nil, errBadHeader
		}
		name, value := line[:colon], trimSpace(line[colon+1:])
		if !isToken(name) || !isFieldValue(value) {
			return nil, errBadHeader
		}
		fields = append(fields, field{name, value, kindOf(name)})
	}
	return fields, nil
}

func trimSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// tokenBytes are the characters of a token (RFC 9110, 5.6.2).
var tokenBytes = func() (in [256]bool) {
	for c := range 128 {
		in[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0
	}
	return in
}()

func isToken(b []byte) bool {
	for _, c := range b {
		if !tokenBytes[c] {
			return false
		}
	}
	return len(b) > 0
}

// isFieldValue: no control character but the tab (RFC 9110, 5.5).
func isFieldValue(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// isPlainName says whether a name is one of those that are left when
// routing.http.drop_invalid_header_fields.enabled is on: letters, digits and
// hyphens.
func isPlainName(b []byte) bool {
	for _, c := range b {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// listed says whether a list field, like Connection, has a member.
func listed(list []byte, member string) bool {
	for len(list) > 0 {
		one := list
		if comma := bytes.IndexByte(list, ','); comma >= 0 {
			one, list = list[:comma], list[comma+1:]
		} else {
			list = nil
		}
		if equalFold(trimSpace(one), member) {
			return true
		}
	}
	return false
}
