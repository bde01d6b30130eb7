package balancer

import (
	"net/netip"
	"strconv"
	"time"
)

// AccessLog writes a line for each request in ALB's format (AWS: "Access logs
// for your Application Load Balancer"). Where S3 gets a compressed file every
// five minutes, this is one plain file that grows, and the one before it.
type AccessLog struct{ file *logFile }

// accessLogLimit bounds one of the two files, in bytes.
const accessLogLimit = 16 << 20

// OpenAccessLog writes to a file, behind what is in it, and rotates it to
// path.1 when it has 16 MiB.
func OpenAccessLog(path string) (*AccessLog, error) {
	file, err := openLogFile(path, accessLogLimit)
	if err != nil {
		return nil, err
	}
	return &AccessLog{file}, nil
}

// Close writes what has gathered. Requests that end later are not logged.
func (l *AccessLog) Close() error { return l.file.close() }

// write adds a request's line. It costs a lock and never waits for the disk.
func (l *AccessLog) write(x *exchange) {
	l.file.append(func(out []byte) []byte { return x.appendLine(out) })
}

// appendLine writes the fields in AWS's order. What the balancer here does not
// have is "-", as there: certificates, authentication, transforms.
func (x *exchange) appendLine(out []byte) []byte {
	out = append(out, x.kind()...)
	out = append(out, ' ')
	out = x.ended.UTC().AppendFormat(out, "2006-01-02T15:04:05.000000Z")
	out = append(out, ' ')
	out = append(out, x.listener.Balancer.Name...)
	out = append(out, ' ')
	out = appendPeer(out, x.peer)
	out = append(out, ' ')
	out = x.appendTarget(out)
	out = x.appendTimes(out)
	out = append(out, ' ')
	out = strconv.AppendInt(out, int64(x.status), 10)
	out = append(out, ' ')
	out = appendStatus(out, x.targetStatus)
	out = append(out, ' ')
	out = strconv.AppendInt(out, int64(x.bytesIn), 10)
	out = append(out, ' ')
	out = strconv.AppendInt(out, int64(x.bytesOut), 10)
	out = x.appendRequest(out)
	out = x.appendQuoted(out, x.value(userAgentField))
	out = append(out, ' ')
	out = append(out, x.cipher()...)
	out = append(out, ' ')
	if x.group != nil {
		out = append(out, x.group.Name...)
	} else {
		out = append(out, '-')
	}
	out = x.appendQuoted(out, x.trace)
	if x.secure {
		out = x.appendQuoted(out, hostname(x.host))
	} else {
		out = append(out, ` "-"`...)
	}
	out = append(out, ` "-" `...) // chosen_cert_arn
	if x.actions == "" {          // it did not come to rules
		out = append(out, '-')
	} else {
		out = strconv.AppendInt(out, int64(x.priority), 10)
	}
	out = append(out, ' ')
	out = x.received.UTC().AppendFormat(out, "2006-01-02T15:04:05.000000Z")
	out = x.appendQuoted(out, []byte(x.actions))
	out = x.appendQuoted(out, []byte(x.location))
	out = append(out, ` "-"`...) // error_reason: of authentication and functions
	out = x.appendLists(out)
	out = x.appendQuoted(out, []byte(x.class.level))
	out = x.appendQuoted(out, []byte(x.class.reason))
	out = append(out, " TID_"...)
	out = appendFixedHex(out, uint64(x.shard), 32)
	return append(out, ` "-" "-" "-"`+"\n"...) // transformed_host, transformed_uri, request_transform_status
}

// kind is the type field: http, https, h2, ws, wss.
func (x *exchange) kind() string {
	switch {
	case x.status == 101 && x.secure:
		return "wss"
	case x.status == 101:
		return "ws"
	case x.version == version20:
		return "h2"
	case x.secure:
		return "https"
	}
	return "http"
}

func appendPeer(out []byte, a netip.AddrPort) []byte {
	if !a.IsValid() {
		return append(out, '-')
	}
	return a.AppendTo(out)
}

func (x *exchange) appendTarget(out []byte) []byte {
	if x.target == nil {
		return append(out, '-')
	}
	return append(out, x.target.address...)
}

func appendStatus(out []byte, status int) []byte {
	if status == 0 {
		return append(out, '-')
	}
	return strconv.AppendInt(out, int64(status), 10)
}

// appendTimes writes the three times in seconds: until the request left, until
// the target answered, until the answer left; -1 where it did not come to it.
func (x *exchange) appendTimes(out []byte) []byte {
	if x.targetStatus == 0 || x.sent.IsZero() {
		return append(out, " -1 -1 -1"...)
	}
	for _, span := range [...]time.Duration{x.sent.Sub(x.received), x.answeredAt.Sub(x.sent), x.ended.Sub(x.answeredAt)} {
		out = append(out, ' ')
		out = appendSeconds(out, span)
	}
	return out
}

// appendSeconds writes seconds with three decimals.
func appendSeconds(out []byte, d time.Duration) []byte {
	ms := int64(max(0, d) / time.Millisecond)
	out = strconv.AppendInt(out, ms/1000, 10)
	return append(out, '.', byte('0'+ms/100%10), byte('0'+ms/10%10), byte('0'+ms%10))
}
