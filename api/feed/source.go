package feed

import (
	"bytes"
	"errors"
	"io"
)

// source is the feed's bytes through a window that grows up to one record of
// the greatest length, and the place where the window begins.
type source struct {
	r      io.Reader
	buffer []byte
	begin  int   // the window is buffer[begin:]
	offset int64 // of the window
	line   int64
	err    error // what r said last; the window may still hold something
}

const (
	firstBuffer = 64 << 10
	// A record and its line end must fit, and a read must have room.
	lastBuffer = MaxRecord + 64<<10
	// patience is how often r may give nothing without an error.
	patience = 100
)

func newSource(r io.Reader, offset, line int64) *source {
	return &source{r: r, buffer: make([]byte, 0, firstBuffer), offset: offset, line: line}
}

// window is what was read and not consumed. It is valid until the next more.
func (s *source) window() []byte { return s.buffer[s.begin:] }

// more makes the window longer, or answers false at the end, where err says
// which end it is, and when the window has its greatest length.
func (s *source) more() bool {
	if s.err != nil || len(s.window()) >= lastBuffer {
		return false
	}
	if s.begin > 0 && s.begin >= len(s.buffer)/2 {
		s.buffer = s.buffer[:copy(s.buffer, s.window())]
		s.begin = 0
	}
	if len(s.buffer) == cap(s.buffer) {
		s.makeRoom()
	}
	for range patience {
		n, err := s.r.Read(s.buffer[len(s.buffer):cap(s.buffer)])
		s.buffer = s.buffer[:len(s.buffer)+n]
		s.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

func (s *source) makeRoom() {
	if s.begin > 0 {
		s.buffer = s.buffer[:copy(s.buffer, s.window())]
		s.begin = 0
		return
	}
	larger := min(2*cap(s.buffer), lastBuffer)
	s.buffer = append(make([]byte, 0, larger), s.buffer...)
}

// failed is why r ended before the feed did, nil where it did not.
func (s *source) failed() error {
	if s.err == nil || errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

// consume moves the window's beginning.
func (s *source) consume(n int, lines int64) {
	s.begin += n
	s.offset += int64(n)
	s.line += lines
}

// findLine answers how long the line at the window's beginning is, with and
// without its end, or that it is longer than a record may be.
func (s *source) findLine() (content, whole int, tooLong bool, err error) {
	for searched := 0; ; {
		w := s.window()
		if i := bytes.IndexByte(w[searched:], '\n'); i >= 0 {
			content, whole = searched+i, searched+i+1
			break
		}
		searched = len(w)
		if searched > MaxRecord+1 {
			return 0, 0, true, nil
		}
		if !s.more() {
			if err := s.failed(); err != nil {
				return 0, 0, false, err
			}
			content, whole = searched, searched
			break
		}
	}
	if content > 0 && s.window()[content-1] == '\r' {
		content--
	}
	return content, whole, content > MaxRecord, nil
}

// skipLine consumes the rest of the line, however long it is.
func (s *source) skipLine() error {
	for {
		if i := bytes.IndexByte(s.window(), '\n'); i >= 0 {
			s.consume(i+1, 1)
			return nil
		}
		s.consume(len(s.window()), 0)
		if !s.more() {
			return s.failed()
		}
	}
}

// nextLine consumes lines that hold nothing and finds the one behind them as
// findLine does; io.EOF says that there is none.
func (s *source) nextLine(blanks string) (content, whole int, tooLong bool, err error) {
	for {
		content, whole, tooLong, err = s.findLine()
		switch {
		case err != nil || tooLong:
			return content, whole, tooLong, err
		case whole == 0:
			return 0, 0, false, io.EOF
		case len(bytes.TrimLeft(s.window()[:content], blanks)) > 0:
			return content, whole, false, nil
		}
		s.consume(whole, 1)
	}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// skipMark consumes the byte order mark that some programs begin UTF-8 with,
// and answers whether there is anything at all behind it.
func (s *source) skipMark() (empty bool, err error) {
	for len(s.window()) < len(byteOrderMark) && s.more() {
	}
	if bytes.HasPrefix(s.window(), byteOrderMark) {
		s.consume(len(byteOrderMark), 0)
	}
	if len(s.window()) == 0 && !s.more() {
		return true, s.failed()
	}
	return false, nil
}
