package balancer

import (
	"crypto/tls"
	"strconv"
)

// appendRequest writes the request as AWS does: the method, the whole URL with
// protocol, host and port, the version.
func (x *exchange) appendRequest(out []byte) []byte {
	if len(x.method) == 0 || x.uri == nil {
		return append(out, ` "- http://-:-- -"`...) // what AWS writes when it could not read it
	}
	out = append(out, ` "`...)
	out = appendEscaped(out, x.method)
	if x.secure {
		out = append(out, " https://"...)
	} else {
		out = append(out, " http://"...)
	}
	out = appendEscaped(out, hostname(x.host))
	out = append(out, ':')
	out = strconv.AppendInt(out, int64(x.listener.Port), 10)
	out = appendEscaped(out, x.uri)
	out = append(out, ' ')
	out = append(out, x.protocol()...)
	return append(out, '"')
}

// appendQuoted writes a text in quotes, or "-" for an empty one.
func (x *exchange) appendQuoted(out, text []byte) []byte {
	if len(text) == 0 {
		return append(out, ` "-"`...)
	}
	out = append(out, ` "`...)
	out = appendEscaped(out, text)
	return append(out, '"')
}

// appendEscaped keeps a client from ending a field or a line (AWS: quotes, and
// what does not print, as \x22).
func appendEscaped(out, text []byte) []byte {
	for _, c := range text {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			out = append(out, '\\', 'x')
			out = appendFixedHex(out, uint64(c), 2)
			continue
		}
		out = append(out, c)
	}
	return out
}

// appendLists writes the targets that were tried last and their statuses.
func (x *exchange) appendLists(out []byte) []byte {
	out = append(out, ` "`...)
	out = x.appendTarget(out)
	out = append(out, `" "`...)
	out = appendStatus(out, x.targetStatus)
	return append(out, '"')
}

// cipher is the ssl_cipher and ssl_protocol of the client's connection.
func (x *exchange) cipher() string {
	if x.tls == nil {
		return "- -"
	}
	return tls.CipherSuiteName(x.tls.CipherSuite) + " " + protocolName(x.tls.Version)
}

// protocolName is a TLS version as AWS writes it: TLSv1.3.
func protocolName(version uint16) string {
	switch version {
	case tls.VersionTLS13:
		return "TLSv1.3"
	case tls.VersionTLS12:
		return "TLSv1.2"
	case tls.VersionTLS11:
		return "TLSv1.1"
	case tls.VersionTLS10:
		return "TLSv1"
	}
	return "-"
}
