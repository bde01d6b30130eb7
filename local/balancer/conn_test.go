package balancer

import (
	"io"
	"net"
	"testing"
	"time"
)

// chunky sends chunks of one byte for ever, and each read of it ends within a
// chunk's line.
type chunky struct {
	net.Conn
	sent, left int
}

func (c *chunky) Read(p []byte) (int, error) {
	const chunk = "1\r\nx\r\n"
	if c.left -= len(p); c.left < 0 {
		return 0, io.EOF
	}
	n := len(p)
	for at := (c.sent + n) % len(chunk); n > 1 && (at == 0 || at == 4); at = (c.sent + n) % len(chunk) {
		n--
	}
	for i := range n {
		p[i] = chunk[(c.sent+i)%len(chunk)]
	}
	c.sent += n
	return n, nil
}

// However a body is cut into pieces, it takes no more memory than its buffer.
func TestI5_ABodysBufferStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, kept := range []int{0, 100, smallBuffer - 10} {
		source := &chunky{left: 16 << 20}
		c := newConn(source)
		c.r, c.w, c.keep = kept, kept, kept
		copy(c.buf, "the head")
		head := c.buf[:min(kept, 8)]
		var b body
		b.chunked(c)
		got := 0
		for {
			piece, err := b.next()
			if err != nil {
				break
			}
			got += len(piece)
		}
		if len(c.buf) > smallBuffer {
			t.Errorf("with a head of %d bytes the buffer has %d after %d bytes", kept, len(c.buf), source.sent)
		}
		if got < source.sent/7 || string(head) != "the head"[:len(head)] {
			t.Errorf("%d bytes of a body came in %d, the head is %q", got, source.sent, head)
		}
	}
}

// insatiable has always something to say.
type insatiable struct{ net.Conn }

func (insatiable) Read(p []byte) (int, error)        { return len(p), nil }
func (insatiable) RemoteAddr() net.Addr              { return nil }
func (insatiable) LocalAddr() net.Addr               { return nil }
func (insatiable) SetReadDeadline(_ time.Time) error { return nil }

// A client that sends requests without end while the first are answered slowly
// is not listened to for ever.
func TestI5_AWatchedClientsBufferIsBounded(t *testing.T) {
	t.Parallel()
	h := newHTTP1(New("", DefaultSettings).NewListener(80), insatiable{})
	for range 20 {
		h.watch(func() { t.Error("it did not leave") })()
		h.c.r += min(100, h.c.buffered()) // the next request
		h.c.release()
	}
	if len(h.c.buf) > 2*largeBuffer {
		t.Errorf("the buffer has %d bytes", len(h.c.buf))
	}
}
