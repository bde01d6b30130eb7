package balancer

import (
	"io"
	"sync/atomic"
	"time"
)

// pump sends a request's body to a target while the answer is waited for: a
// target may answer before it has read everything.
type pump struct {
	active   atomic.Int64 // when the last piece left, in nanoseconds
	stopping atomic.Bool
	complete atomic.Bool  // the whole request has left
	client   atomic.Int32 // what the client gets when it is to blame: 400, 408
	finished chan struct{}
}

func startPump(x *exchange, c *conn) *pump {
	p := &pump{finished: make(chan struct{})}
	p.active.Store(now().UnixNano())
	go func() {
		defer close(p.finished)
		p.run(x, c)
	}()
	return p
}

// run copies piece by piece. An error of the target's is left for the one who
// reads its answer; one of the client's ends that read.
func (p *pump) run(x *exchange, c *conn) {
	var out []byte
	for !p.stopping.Load() {
		if !x.source.ready() {
			x.client.awaitBody(now())
			if p.stopping.Load() { // it may have missed the end of the read
				return
			}
		}
		piece, err := x.source.next()
		if err != nil && err != io.EOF {
			p.blame(err)
			c.Conn.SetReadDeadline(time.Unix(1, 0))
			return
		}
		x.bytesIn += len(piece)
		out = appendPiece(out[:0], piece, x.length == unknownLength, err == io.EOF)
		at := now()
		c.writeWithin(at, x.settings.IdleTimeout)
		if len(out) > 0 {
			if _, err := c.Write(out); err != nil {
				return
			}
		}
		p.active.Store(at.UnixNano())
		if err == io.EOF {
			p.complete.Store(true) // the last that touches the exchange
			return
		}
	}
}

// appendPiece frames a piece of a body: as a chunk, or as it is.
func appendPiece(out, piece []byte, chunked, last bool) []byte {
	if !chunked {
		return append(out, piece...)
	}
	if len(piece) > 0 {
		out = appendHex(out, len(piece))
		out = append(out, "\r\n"...)
		out = append(out, piece...)
		out = append(out, "\r\n"...)
	}
	if last {
		out = append(out, "0\r\n\r\n"...)
	}
	return out
}

func appendHex(out []byte, n int) []byte {
	const digits = "0123456789abcdef"
	shift := 0
	for n>>shift > 15 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		out = append(out, digits[n>>shift&15])
	}
	return out
}

// blame notes that the client did not send what it announced (AWS:
// "Troubleshoot your Application Load Balancers", 400 and 408).
func (p *pump) blame(err error) {
	status := int32(400)
	if isTimeout(err) {
		status = 408
	}
	if !p.stopping.Load() {
		p.client.Store(status)
	}
}

func (p *pump) clientStatus() int { return int(p.client.Load()) }

func (p *pump) lastActive() time.Time { return time.Unix(0, p.active.Load()) }

// stop ends the pump and waits for it. The client's connection cannot carry
// another request after that.
func (p *pump) stop(c client) {
	p.stopping.Store(true)
	c.stopBody()
	<-p.finished
}
