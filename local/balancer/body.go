package balancer

import (
	"bytes"
	"errors"
	"io"
)

// source is a body, piece by piece. next answers io.EOF behind the last piece;
// a piece is valid until the next call. ready says whether next would answer
// without waiting.
type source interface {
	next() ([]byte, error)
	ready() bool
}

var errBadChunk = errors.New("the chunks of a body are malformed")

// body reads the body of an HTTP/1.x message from its connection.
type body struct {
	c    *conn
	kind bodyKind
	left int64 // of the body, or of its current chunk
	// begun: a chunk came before, whose line end is still to be read.
	begun bool
	done  bool
}

type bodyKind uint8

const (
	noBody bodyKind = iota
	sizedBody
	chunkedBody
	closedBody // ends with the connection
)

func (b *body) none(c *conn)           { *b = body{c: c, done: true} }
func (b *body) sized(c *conn, n int64) { *b = body{c: c, kind: sizedBody, left: n, done: n == 0} }
func (b *body) chunked(c *conn)        { *b = body{c: c, kind: chunkedBody} }
func (b *body) untilClose(c *conn)     { *b = body{c: c, kind: closedBody} }
func (b *body) ready() bool {
	if b.done || b.kind != chunkedBody || b.left > 0 {
		return b.done || b.c.buffered() > 0
	}
	return b.chunkIsReady()
}

func (b *body) whole() bool                { return b.done || b.kind == sizedBody && int64(b.c.buffered()) >= b.left }
func (b *body) wholePiece() (piece []byte) { return b.c.buf[b.c.r : b.c.r+int(b.left)] }

// skip takes a body that is whole in the buffer.
func (b *body) skip() {
	b.c.r += int(b.left)
	b.left, b.done = 0, true
}

func (b *body) next() ([]byte, error) {
	if b.done {
		return nil, io.EOF
	}
	if b.kind == chunkedBody && b.left == 0 {
		if err := b.nextChunk(); err != nil {
			return nil, err
		}
	}
	if b.c.buffered() == 0 {
		if err := b.c.fill(); err != nil {
			if err == io.EOF && b.kind == closedBody {
				b.done = true
				return nil, io.EOF
			}
			return nil, unexpected(err)
		}
	}
	n := b.c.buffered()
	if b.kind != closedBody {
		n = int(min(int64(n), b.left))
		b.left -= int64(n)
	}
	piece := b.c.buf[b.c.r : b.c.r+n]
	b.c.r += n
	b.done = b.kind == sizedBody && b.left == 0
	return piece, nil
}

// chunkIsReady: the line of the next chunk is here, with some of its data, or
// with the end of the body behind it.
func (b *body) chunkIsReady() bool {
	rest := b.c.buf[b.c.r:b.c.w]
	if b.begun {
		rest = rest[min(2, len(rest)):]
	}
	end := bytes.IndexByte(rest, '\n')
	if end < 1 {
		return false
	}
	if rest[0] == '0' {
		return bytes.Contains(rest[end-1:], headEnd)
	}
	return len(rest) > end+1
}

// Limits of a chunked body, in bytes: a chunk's line with its extensions, and
// the trailer after the last chunk, which is read and dropped (RFC 9110, 6.5.1
// lets an intermediary do that).
const (
	maxChunkLine = 4 << 10
	maxTrailer   = 16 << 10
)

// nextChunk reads to the beginning of the next chunk's data; io.EOF is the end
// of the body. It takes what RFC 9112, 7.1 allows and nothing else.
func (b *body) nextChunk() error {
	if b.begun {
		line, err := b.c.takeLine(1)
		if err != nil {
			return err
		}
		if len(line) != 0 {
			return errBadChunk
		}
	}
	b.begun = true
	line, err := b.c.takeLine(maxChunkLine)
	if err != nil {
		return err
	}
	if b.left, err = parseChunkSize(line); err != nil || b.left > 0 {
		return err
	}
	for trailer := 0; trailer <= maxTrailer; {
		line, err := b.c.takeLine(maxTrailer)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			b.done = true
			return io.EOF
		}
		trailer += len(line)
	}
	return errBadChunk
}

// maxChunkDigits keeps a chunk's size within 60 bits.
const maxChunkDigits = 15

// parseChunkSize reads the size, in hexadecimal digits, of a chunk's line. An
// extension behind it is ignored.
func parseChunkSize(line []byte) (int64, error) {
	if i := bytes.IndexByte(line, ';'); i >= 0 {
		if !isFieldValue(line[i:]) {
			return 0, errBadChunk
		}
		line = trimSpace(line[:i])
	}
	if len(line) == 0 || len(line) > maxChunkDigits {
		return 0, errBadChunk
	}
	n := int64(0)
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, errBadChunk
		}
		n = n<<4 | int64(c)
	}
	return n, nil
}
