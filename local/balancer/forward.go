package balancer

// verdict is what came of an attempt at a target.
type verdict int

const (
	answered verdict = iota
	unsent           // no connection: nothing of the request left
	failed           // with the status that the client gets
)

// maxAttempts is how many connections one request may need.
const maxAttempts = 3

// forward sends a request to a target of a group, and its answer back.
//
// AWS does not say when ALB makes a second attempt; this is the choice made
// here. A target that refuses the connection has seen nothing of the request:
// another one is asked, if there is one. What was sent is never sent again: a
// target that closes its connection instead of answering is a 502, as ALB has
// it ("Troubleshoot your Application Load Balancers": the target closed the
// connection with a request outstanding). Every connection is looked at before
// it is used again, so that only a close within the same instant meets one.
func (x *exchange) forward(g *Group) error {
	x.group = g
	t := g.pick(nil)
	if t == nil {
		return x.fail(503)
	}
	for attempt := 1; ; attempt++ {
		x.target = t
		v, status := x.attempt(t)
		if v == answered {
			return x.relay()
		}
		if v == failed || attempt == maxAttempts {
			g.done(t)
			return x.fail(status)
		}
		other := g.pick(t)
		g.done(t)
		if other == t || other == nil {
			if other != nil {
				g.done(other)
			}
			return x.fail(status)
		}
		t = other
	}
}

// relay sends a target's answer to the client and gives the connection back
// as soon as its last byte is read.
func (x *exchange) relay() error {
	x.status, x.targetStatus = x.response.status, x.response.status
	if x.status == 101 {
		return x.upgradeConnection()
	}
	a := &answer{
		status: x.status, reason: x.response.reason, fields: x.response.fields,
		length: x.response.length, bodyless: x.response.isBodyless(x.method),
	}
	x.response.read(&x.relayed, x.upstream, x.method)
	if !x.relayed.done {
		x.upstream.expectLarge(x.response.length)
	}
	x.client.begin(a)
	err := x.relayBody()
	x.leave(err == nil)
	if err == errBrokenOff && !x.client.begun() {
		x.client.withdraw()
		x.targetStatus = 0
		return x.fail(502)
	}
	if err != nil {
		return err
	}
	return x.client.end()
}

// relayBody passes the answer's body on, as soon as it comes.
func (x *exchange) relayBody() error {
	for !x.relayed.done {
		if !x.relayed.ready() {
			if err := x.client.flush(); err != nil {
				return errClientGone
			}
			x.upstream.readWithin(now(), x.settings.IdleTimeout)
		}
		piece, err := x.relayed.next()
		if x.relayed.done && len(piece) == 0 {
			return nil
		}
		if err != nil {
			return errBrokenOff
		}
		if err := x.client.write(piece); err != nil {
			return errClientGone
		}
	}
	return nil
}

// leave ends the target's part. whole says that its answer was read to the
// end, so that the connection can carry another one: not where the request
// never left whole, whose rest would be looked for in the next one.
func (x *exchange) leave(whole bool) {
	if x.pump != nil && !x.pump.complete.Load() {
		whole, x.closes = false, true
		x.upstream.Close()
		x.pump.stop(x.client)
	}
	if whole && !x.response.closes && !x.isolated && x.upstream.buffered() == 0 {
		x.upstream.release()
		x.target.pool.put(x.upstream, x.answeredAt)
	} else {
		x.upstream.Close()
	}
	x.upstream = nil
	x.group.done(x.target)
}
