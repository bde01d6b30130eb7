package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Limits of what is streamed: a client must take what is written within
// streamTimeout, and all of it within maxStream.
const (
	streamBuffer  = 64 << 10
	streamTimeout = 30 * time.Second
	maxStream     = 30 * time.Minute
	maxStreams    = 2 // at once, in one task: each holds a connection of the database
)

// stream is an answer of any length in constant memory. Nothing is sent before
// there is a buffer full of it, so that what fails at once is answered as a
// problem; what fails later ends the connection, so that no client takes half
// an answer for a whole one.
type stream struct {
	ctx        context.Context
	w          http.ResponseWriter
	connection *http.ResponseController
	buffer     []byte
	waiting    *time.Timer // ends ctx; to be stopped when the store answers
	sent       bool
	coder      io.WriteCloser // nil: as it is
}

// stream answers with what produce writes.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, media string, produce func(*stream) error) error {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		return problem(http.StatusServiceUnavailable, "too_many_streams", "this task streams as much as it can already: try again").after("5")
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxStream)
	defer cancel()
	h := w.Header()
	out := &stream{ctx: ctx, w: w, connection: http.NewResponseController(w)}
	// A store that does not begin to answer is away.
	out.waiting = time.AfterFunc(requestTimeout, cancel)
	defer out.waiting.Stop()
	coding := accepted(r.Header)
	h["Vary"] = varies
	err := out.code(coding)
	if err == nil {
		h.Set("Content-Type", media)
		h.Set("Cache-Control", "no-store")
		if coding != "" {
			h.Set("Content-Encoding", coding)
		}
		if r.Method == http.MethodHead {
			return nil
		}
		if err = produce(out); err == nil {
			err = out.close()
		}
	}
	if err == nil {
		return nil
	}
	if !out.sent {
		h.Del("Content-Encoding")
		return err
	}
	s.log.WarnContext(r.Context(), "stream ended half-way", "error", err)
	panic(http.ErrAbortHandler) // ends the connection
}

func (out *stream) code(coding string) (err error) {
	switch coding {
	case "gzip":
		out.coder = gzip.NewWriter(chunkWriter{out})
	case "zstd":
		out.coder, err = zstd.NewWriter(chunkWriter{out}, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20))
	}
	return err
}

// Write takes a piece of the answer.
func (out *stream) Write(p []byte) (int, error) {
	if out.coder != nil {
		return out.coder.Write(p)
	}
	return chunkWriter{out}.Write(p)
}

// chunkWriter gathers what is to be sent, as it is sent.
type chunkWriter struct{ *stream }

func (c chunkWriter) Write(p []byte) (int, error) {
	c.buffer = append(c.buffer, p...)
	if len(c.buffer) < streamBuffer {
		return len(p), nil
	}
	return len(p), c.send()
}

func (out *stream) send() error {
	out.sent = true
	if err := giveTime(out.connection.SetWriteDeadline, time.Now().Add(streamTimeout)); err != nil {
		return err
	}
	_, err := out.w.Write(out.buffer)
	out.buffer = out.buffer[:0]
	return err
}

func (out *stream) close() error {
	if out.coder != nil {
		if err := out.coder.Close(); err != nil {
			return err
		}
	}
	return out.send()
}

// giveTime moves a deadline of the client's connection, where it has one.
func giveTime(set func(time.Time) error, until time.Time) error {
	if err := set(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("giving the client time: %w", err)
	}
	return nil
}
