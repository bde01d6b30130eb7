package telemetry

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// writeAt is how much of the log is gathered, in bytes, and writeAfter how
	// long at most, before it is written.
	writeAt    = 32 << 10
	writeAfter = 100 * time.Millisecond
)

// Writer gathers lines: a system call for each would be a third of what it
// costs to answer a request from memory. What a crash may lose are the lines of
// the last tenth of a second that are no warnings (docs/decisions/0018).
type Writer struct {
	mu      sync.Mutex
	w       io.Writer
	pending []byte
	waiting bool // for the timer
	timer   *time.Timer
}

// NewWriter writes to w. Flush it at the end.
func NewWriter(w io.Writer) *Writer {
	b := &Writer{w: w, pending: make([]byte, 0, writeAt)}
	b.timer = time.AfterFunc(time.Hour, b.Flush)
	b.timer.Stop()
	return b
}

// Write takes whole lines.
func (b *Writer) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pending)+len(lines) > writeAt {
		b.flush()
	}
	b.pending = append(b.pending, lines...)
	if !b.waiting {
		b.waiting = true
		b.timer.Reset(writeAfter)
	}
	return len(lines), nil
}

// Flush writes what is gathered.
func (b *Writer) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = false
	b.flush()
}

func (b *Writer) flush() {
	if len(b.pending) > 0 {
		b.w.Write(b.pending) // a log that cannot be written has nowhere to say so
		b.pending = b.pending[:0]
	}
}

// urgentHandler writes at once what an operator must see even if the program
// ends now.
type urgentHandler struct {
	slog.Handler
	writer *Writer
}

func (h urgentHandler) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		h.writer.Flush()
	}
	return err
}

func (h urgentHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return urgentHandler{h.Handler.WithAttrs(attrs), h.writer}
}

func (h urgentHandler) WithGroup(name string) slog.Handler {
	return urgentHandler{h.Handler.WithGroup(name), h.writer}
}
