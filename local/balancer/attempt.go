package balancer

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// now is the time; a name of its own because everything here asks for it.
func now() time.Time { return time.Now() }

// attempt sends the request over one connection to a target and reads the
// answer's head. With a verdict other than answered, the connection is closed,
// and status is what the client gets when no other attempt follows.
func (x *exchange) attempt(t *target) (v verdict, status int) {
	at := x.received
	c := t.pool.take()
	if c == nil {
		socket, err := x.group.dial(context.Background(), t.address)
		if err != nil {
			x.group.recorder.shard(x.shard).note(func(c *Counts) { c.ConnectionErrors++ })
			if isTimeout(err) {
				return failed, 504
			}
			return unsent, 502
		}
		c, at = newConn(socket), now()
		x.count(func(c *Counts) { c.NewConnections++ })
	}
	x.upstream = c
	err := x.send(c, at)
	if err == nil {
		err = x.await(c)
	}
	if err == nil {
		x.answeredAt = now()
		return answered, 0
	}
	c.Close()
	x.upstream = nil
	if x.pump != nil {
		x.pump.stop(x.client)
		x.closes = true
		if status := x.pump.clientStatus(); status != 0 {
			return failed, status
		}
	}
	switch {
	case x.clientGone:
		return failed, statusClientGone
	case isTimeout(err):
		return failed, 504
	}
	return failed, 502
}

// isWhole says whether the request's body is at hand.
func (x *exchange) isWhole() bool {
	if x.source == nil {
		return true
	}
	b, ok := x.source.(*body)
	return ok && b.whole()
}

// send writes the request: at once when its body is at hand, else the head
// now and the body as it comes, while the answer is already waited for.
func (x *exchange) send(c *conn, at time.Time) error {
	x.outgoing = x.appendOutgoing(x.outgoing[:0])
	if b, ok := x.source.(*body); ok && x.whole {
		x.outgoing = append(x.outgoing, b.wholePiece()...)
	}
	x.sent = at
	c.writeWithin(at, x.settings.IdleTimeout)
	if _, err := c.Write(x.outgoing); err != nil {
		return err
	}
	if !x.whole {
		x.pump = startPump(x, c)
	}
	return nil
}

// patience is how long a target may take before anybody looks whether the
// client is still there: fast answers do without that.
const patience = 100 * time.Millisecond

// await reads the answer's head, leaving interim answers out. A target has
// the idle timeout from the last byte of the request.
func (x *exchange) await(c *conn) error {
	if left := c.readBy.Sub(x.sent); left < patience/4 || left > patience {
		c.readExactly(x.sent.Add(patience))
	}
	for range maxInterim {
		head, err := c.head(maxResponseHead)
		if isTimeout(err) {
			head, err = x.awaitLong(c)
		}
		if err != nil {
			return err
		}
		if err := x.response.parse(head); err != nil {
			return err
		}
		if x.response.status >= 200 || x.response.status == 101 && x.upgrades {
			return nil
		}
	}
	return errBadResponse
}

// awaitLong waits for a slow target, and for the client to lose patience.
func (x *exchange) awaitLong(c *conn) ([]byte, error) {
	for {
		idleSince := x.sent
		if x.pump != nil {
			idleSince = x.pump.lastActive().Add(deadlineGrain) // the client's silence is noticed first
		}
		c.readExactly(idleSince.Add(x.settings.IdleTimeout))
		var stop func()
		switch {
		case x.pump == nil:
			stop = x.client.watch(func() {
				x.clientGone = true
				c.Conn.SetReadDeadline(time.Unix(1, 0))
			})
		case x.pump.clientStatus() != 0: // its word came before the deadline was moved
			return nil, os.ErrDeadlineExceeded
		}
		head, err := c.head(maxResponseHead)
		if stop != nil {
			stop()
		}
		if x.pump != nil && isTimeout(err) && x.pump.clientStatus() == 0 && x.pump.lastActive().After(idleSince) {
			continue // the request is still on its way
		}
		return head, err
	}
}

func isTimeout(err error) bool {
	var network net.Error
	return err != nil && !errors.Is(err, io.EOF) && errors.As(err, &network) && network.Timeout()
}
