package balancer

import (
	"sync"
	"sync/atomic"
	"time"
)

// upgradeConnection hands a connection over to WebSocket: from here on bytes
// go both ways as they come (AWS: "Listeners for your Application Load
// Balancers": WebSockets).
func (x *exchange) upgradeConnection() error {
	x.client.begin(&answer{status: 101, reason: x.response.reason, fields: x.response.fields, bodyless: true, upgrade: true})
	x.client.(*http1).tunnel(x.upstream) // no other version of HTTP upgrades
	x.upstream.Close()
	x.group.done(x.target)
	return nil
}

// tunnel joins the connections until one side ends or nothing moves for the
// idle timeout.
func (h *http1) tunnel(upstream *conn) {
	h.taken, h.closes = true, true
	h.c.SetWriteDeadline(time.Time{})
	upstream.SetWriteDeadline(time.Time{})
	if h.flush() != nil {
		return
	}
	var active, in, out atomic.Int64
	active.Store(now().UnixNano())
	var both sync.WaitGroup
	both.Go(func() { copyActive(h.c, upstream, &active, &in, h.settings.IdleTimeout) })
	both.Go(func() { copyActive(upstream, h.c, &active, &out, h.settings.IdleTimeout) })
	both.Wait()
	h.bytesIn += int(in.Load())
	h.bytesOut += int(out.Load())
}

// copyActive copies until from ends, and then ends both: half of a WebSocket
// is of no use.
func copyActive(from, to *conn, active, moved *atomic.Int64, idle time.Duration) {
	defer to.Close()
	defer from.Close()
	for {
		if from.buffered() == 0 {
			from.readExactly(time.Unix(0, active.Load()).Add(idle))
			if err := from.fill(); err != nil {
				if isTimeout(err) && now().Sub(time.Unix(0, active.Load())) < idle {
					continue // the other way was busy
				}
				return
			}
		}
		piece := from.buf[from.r:from.w]
		from.r = from.w
		at := now()
		active.Store(at.UnixNano())
		moved.Add(int64(len(piece)))
		to.SetWriteDeadline(at.Add(idle))
		if _, err := to.Write(piece); err != nil {
			return
		}
	}
}
