package local

import (
	"bytes"
	"io"
	"sync"
)

// tail passes output on and remembers the last line, for messages.
type tail struct {
	to io.WriteCloser
	// dropped is called once, with why output was lost; nil where nobody asks.
	dropped func(error)

	mu   sync.Mutex
	line []byte
	open bool // the line has not ended yet
	lost bool // dropped was called
}

// maxTail is how much of a line is remembered.
const maxTail = 4 << 10

// Write never fails: an error would close the container's output, and its next
// line would end it. A log that cannot be written, on a full disk for one,
// loses lines and stops no task, as AWS's driver in its non-blocking mode.
func (t *tail) Write(content []byte) (int, error) {
	t.remember(content)
	if _, err := t.to.Write(content); err != nil && t.isFirstLoss() && t.dropped != nil {
		t.dropped(err)
	}
	return len(content), nil
}

func (t *tail) remember(content []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range bytes.Lines(content) {
		text, ended := bytes.CutSuffix(line, []byte("\n"))
		if len(text) > 0 { // an empty line says nothing
			if !t.open {
				t.line = t.line[:0]
			}
			t.line = append(t.line, text[:min(len(text), maxTail-len(t.line))]...)
		}
		t.open = !ended
	}
}

func (t *tail) isFirstLoss() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := !t.lost
	t.lost = true
	return first
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.line) == 0 {
		return "it printed nothing"
	}
	return string(t.line)
}
