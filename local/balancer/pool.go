package balancer

import (
	"sync"
	"time"
)

// pool keeps a target's open connections for the next requests. The one used
// last goes first, so that the others grow old and are closed.
type pool struct {
	mu     sync.Mutex
	idle   []pooled
	closed bool
}

type pooled struct {
	*conn
	since time.Time
}

// maxIdle is how many connections to one target wait for a request; idleLimit
// is how long one does.
const (
	maxIdle   = 1024
	idleLimit = 30 * time.Second
)

// take answers a connection that was used before; nil without one. It costs a
// system call to see that the target has neither closed it nor sent what nobody
// asked for, which would be taken for the answer to the next request.
func (p *pool) take() *conn {
	for {
		p.mu.Lock()
		last := len(p.idle) - 1
		if last < 0 {
			p.mu.Unlock()
			return nil
		}
		c := p.idle[last].conn
		p.idle[last] = pooled{}
		p.idle = p.idle[:last]
		p.mu.Unlock()
		if !c.isStale() {
			return c
		}
		c.Close()
	}
}

// put gives a connection back.
func (p *pool) put(c *conn, now time.Time) {
	p.mu.Lock()
	if p.closed || len(p.idle) >= maxIdle {
		p.mu.Unlock()
		c.Close()
		return
	}
	p.idle = append(p.idle, pooled{c, now})
	p.mu.Unlock()
}

// reap closes what has waited too long.
func (p *pool) reap(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := 0
	for old < len(p.idle) && now.Sub(p.idle[old].since) >= idleLimit {
		p.idle[old].Close()
		old++
	}
	if old > 0 {
		kept := copy(p.idle, p.idle[old:])
		clear(p.idle[kept:])
		p.idle = p.idle[:kept]
	}
}

// close closes what waits, and what is given back from now on.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.Close()
	}
	p.idle = nil
}
