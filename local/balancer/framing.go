package balancer

import (
	"errors"
	"slices"
)

// classification says how far a request is from RFC 9112 (AWS: "Desync
// mitigation mode"). The zero value is a compliant request.
type classification struct {
	level  string // Acceptable, Ambiguous or Severe
	reason string
}

const (
	acceptable = "Acceptable"
	ambiguous  = "Ambiguous"
	severe     = "Severe"
)

// unknownLength is the length of a body that is sent in chunks, or that ends
// with its connection.
const unknownLength = -1

// maxDigits keeps a Content-Length within an int64.
const maxDigits = 18

var errBadLength = errors.New("BadContentLength")

// parseLength reads a Content-Length: digits and nothing else.
func parseLength(value []byte) (int64, error) {
	if len(value) == 0 || len(value) > maxDigits {
		return 0, errBadLength
	}
	n := int64(0)
	for _, c := range value {
		if c < '0' || c > '9' {
			return 0, errBadLength
		}
		n = n*10 + int64(c-'0')
	}
	return n, nil
}

// frame finds out how long the request's body is. Where two readers of the
// request could find two different lengths it is refused, or, where every
// length is the same, goes on over connections that are closed behind it.
//
// One rule is stricter than ALB's defensive mode: a request with both
// Content-Length and Transfer-Encoding is refused with 400, as RFC 9112, 6.3
// allows, and not only kept apart.
func (r *request) frame() *refusal {
	lengths, encodings := 0, 0
	chunked := false
	for i := range r.fields {
		f := &r.fields[i]
		switch f.kind {
		case contentLengthField:
			n, err := parseLength(f.value)
			switch {
			case err != nil:
				return refuse(400, severe, "BadContentLength")
			case lengths > 0 && n != r.length:
				return refuse(400, severe, "MultipleContentLength")
			case lengths > 0:
				r.isolate("DuplicateContentLength")
			}
			r.length = n
			lengths++
		case transferEncodingField:
			encodings++
			switch {
			case equalFold(f.value, "chunked"):
				chunked = true
			case !equalFold(f.value, "identity"):
				return refuse(501, severe, "BadTransferEncoding")
			}
		}
	}
	switch {
	case encodings > 1:
		return refuse(400, severe, "MultipleTransferEncodingChunked")
	case encodings > 0 && lengths > 0:
		return refuse(400, ambiguous, "BothTeClPresent")
	case encodings > 0 && r.version == version10:
		return refuse(400, severe, "BadTransferEncoding")
	case chunked:
		r.length = unknownLength
	}
	if r.length != 0 && (string(r.method) == "GET" || string(r.method) == "HEAD") {
		if chunked {
			r.isolate("UndefinedTransferEncodingSemantics")
		} else {
			r.isolate("UndefinedContentLengthSemantics")
		}
	}
	return nil
}

// isolate marks a request that is ambiguous without being refused: its
// connections carry no other one.
func (r *request) isolate(reason string) {
	r.isolated = true
	r.class = classification{ambiguous, reason}
}

// dropSuspicious removes fields whose names some server could read as one of
// the two that frame a body, like Content_Length.
func (r *request) dropSuspicious() {
	before := len(r.fields)
	r.fields = slices.DeleteFunc(r.fields, func(f field) bool {
		return f.kind == otherField && (normalized(f.name, "contentlength") || normalized(f.name, "transferencoding"))
	})
	if len(r.fields) < before {
		r.isolate("SuspiciousHeader")
	}
}

// normalized says whether a name's letters alone are the given ones.
func normalized(name []byte, letters string) bool {
	if len(name) < len(letters) || len(name) > len(letters)+8 {
		return false
	}
	i := 0
	for _, c := range name {
		if c |= 0x20; c < 'a' || c > 'z' {
			continue
		}
		if i == len(letters) || c != letters[i] {
			return false
		}
		i++
	}
	return i == len(letters)
}
