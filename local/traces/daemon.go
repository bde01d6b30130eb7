package traces

import (
	"errors"
	"net"
	"sync/atomic"
)

// maxPacket is the largest that UDP carries; a segment document has 64 kB at
// most.
const maxPacket = 64 << 10

// daemon takes segments over UDP as the X-Ray daemon does. A packet that is
// none is counted and dropped: who sends by UDP hears nothing anyway.
type daemon struct {
	conn    net.PacketConn
	store   *Store
	dropped atomic.Uint64
}

// run takes packets until the connection is closed.
func (d *daemon) run() error {
	packet := make([]byte, maxPacket)
	for {
		n, _, err := d.conn.ReadFrom(packet)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		all, err := parsePacket(packet[:n])
		if err != nil {
			d.dropped.Add(1)
			continue
		}
		for _, one := range all {
			d.store.add(one)
		}
	}
}
