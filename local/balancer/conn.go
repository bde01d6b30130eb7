package balancer

import (
	"bytes"
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// Sizes of read buffers, in bytes: one holds nearly every request and answer
// whole; a connection that carries a large body gets the larger one.
const (
	smallBuffer = 4 << 10
	largeBuffer = 32 << 10
)

// conn is a connection to a client or a target with its read buffer.
type conn struct {
	net.Conn
	buf  []byte // buf[r:w] is read and not yet taken
	r, w int
	// keep is where the head of the message in work ends: until the message
	// is done nothing may be read over it.
	keep int

	// The deadlines that are set. Setting one costs as much as a small
	// system call, so they are moved only when they are off by a grain.
	readBy, writeBy time.Time

	raw    syscall.RawConn // nil where there is no socket
	closed bool            // what the last look at the socket found
}

func newConn(c net.Conn) *conn { return &conn{Conn: c, buf: make([]byte, smallBuffer)} }

// deadlineGrain is how much earlier than asked for a deadline may come.
const deadlineGrain = time.Second

// readWithin lets reads take until span after now, less at most the grain.
func (c *conn) readWithin(now time.Time, span time.Duration) {
	if by := now.Add(span); c.readBy.After(by) || by.Sub(c.readBy) > min(deadlineGrain, span/2) {
		c.readBy = by
		c.SetReadDeadline(by)
	}
}

// readExactly lets reads take until a moment.
func (c *conn) readExactly(by time.Time) {
	c.readBy = by
	c.SetReadDeadline(by)
}

// writeWithin lets writes take until span after now, less at most the grain.
func (c *conn) writeWithin(now time.Time, span time.Duration) {
	if by := now.Add(span); c.writeBy.After(by) || by.Sub(c.writeBy) > min(deadlineGrain, span/2) {
		c.writeBy = by
		c.SetWriteDeadline(by)
	}
}

// buffered is how many bytes can be taken without a read.
func (c *conn) buffered() int { return c.w - c.r }

// fill reads once. What was read before and not taken stays; slices of the
// kept head stay valid.
func (c *conn) fill() error {
	if c.r == c.w {
		c.r, c.w = c.keep, c.keep
	}
	if c.w == len(c.buf) {
		c.makeRoom()
	}
	n, err := c.Conn.Read(c.buf[c.w:])
	c.w += n
	switch {
	case n > 0:
		return nil
	case err == nil:
		return io.ErrNoProgress
	}
	return err
}

// makeRoom moves what is not yet taken behind the kept head, or, where that
// leaves less than half of the buffer, to another one. That one is larger only
// when half of the old one is not yet taken: however much comes, the buffer
// stays within twice of what somebody waits for.
func (c *conn) makeRoom() {
	if len(c.buf)-c.keep-c.buffered() < len(c.buf)/2 {
		c.grow(max(len(c.buf), 2*c.buffered()))
		return
	}
	c.w = c.keep + copy(c.buf[c.keep:], c.buf[c.r:c.w])
	c.r = c.keep
}

// grow moves what is not yet taken to a new buffer. The old one, with the kept
// head, lives as long as somebody looks at it.
func (c *conn) grow(size int) {
	larger := make([]byte, size)
	c.w = copy(larger, c.buf[c.r:c.w])
	c.r, c.keep, c.buf = 0, 0, larger
}

// expectLarge prepares for a body of many bytes, or of unknown length.
func (c *conn) expectLarge(length int64) {
	if len(c.buf) < largeBuffer && (length < 0 || length > int64(len(c.buf))) {
		c.grow(largeBuffer)
	}
}

// release gives up the kept head and a buffer that grew far.
func (c *conn) release() {
	c.keep = 0
	if len(c.buf) > largeBuffer && c.buffered() < smallBuffer {
		c.grow(smallBuffer)
	}
}

var (
	headEnd = []byte("\r\n\r\n")
	bareEnd = []byte("\n\n")

	errHeadTooLarge = errors.New("the head is larger than the limit")
	errBareNewline  = errors.New("a line of the head ends without a carriage return")
)

// head reads to the empty line after a message's head and answers everything
// before it, with the line's end of the last field. A head of more than limit
// bytes is errHeadTooLarge. What is not HTTP's line end is refused: a target
// may read it otherwise (RFC 9112, 2.2).
func (c *conn) head(limit int) ([]byte, error) {
	scanned := 0
	for {
		unread := c.buf[c.r:c.w]
		if i := bytes.Index(unread[scanned:], headEnd); i >= 0 {
			end := scanned + i + len(headEnd)
			if end > limit {
				return nil, errHeadTooLarge
			}
			c.r += end
			c.keep = c.r
			return unread[:end-2], nil
		}
		if bytes.Contains(unread[scanned:], bareEnd) {
			return nil, errBareNewline
		}
		if len(unread) > limit {
			return nil, errHeadTooLarge
		}
		scanned = max(0, len(unread)-len(headEnd)+1)
		if err := c.fill(); err != nil {
			if err == io.EOF && c.buffered() > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// isStale looks, without waiting, whether the other side has closed a
// connection that should be idle, or sent what nobody asked for.
func (c *conn) isStale() bool {
	if c.buffered() > 0 {
		return true
	}
	if c.raw == nil {
		socket, ok := c.Conn.(syscall.Conn)
		if !ok {
			return false
		}
		raw, err := socket.SyscallConn()
		if err != nil {
			return true
		}
		c.raw = raw
	}
	err := c.raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		c.closed = !errors.Is(err, syscall.EAGAIN)
	})
	return err != nil || c.closed
}

// takeLine reads a line of at most limit bytes and answers it without its
// CRLF. It is valid until the next read.
func (c *conn) takeLine(limit int) ([]byte, error) {
	for {
		unread := c.buf[c.r:c.w]
		if i := bytes.IndexByte(unread, '\n'); i >= 0 {
			if i == 0 || unread[i-1] != '\r' || i > limit {
				return nil, errBadChunk
			}
			c.r += i + 1
			return unread[:i-1], nil
		}
		if len(unread) > limit {
			return nil, errBadChunk
		}
		if err := c.fill(); err != nil {
			return nil, unexpected(err)
		}
	}
}

// unexpected turns the end of a connection in the middle of a message into an
// error of its own.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
