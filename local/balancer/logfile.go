package balancer

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// logFile is a file that grows to a size and is then put aside, in the place
// of the one before, for its owner alone: it says who asked for what. Writers
// never wait for the disk: lines gather in memory and go out together; when the
// disk cannot keep up, lines are dropped (AWS: "best-effort basis").
type logFile struct {
	path  string
	limit int64 // bytes of one file; there are at most two

	mu    sync.Mutex
	lines []byte
	wake  chan struct{}
	quit  chan struct{}
	ended chan error

	// Of the writing goroutine alone.
	file  *os.File
	size  int64
	spare []byte
}

const (
	flushEvery = time.Second
	flushAt    = 64 << 10 // bytes that are worth a write
	maxWaiting = 4 << 20  // bytes that wait at most
	keptBuffer = 1 << 20  // a buffer that grew larger goes
)

func openLogFile(path string, limit int64) (*logFile, error) {
	f := &logFile{path: path, limit: limit, wake: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan error, 1)}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := f.open(); err != nil {
		return nil, err
	}
	go f.run()
	return f, nil
}

func (f *logFile) open() (err error) {
	if f.file, err = os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return err
	}
	info, err := f.file.Stat()
	if err == nil {
		f.size = info.Size()
	}
	return err
}

// append takes what add appends to the lines.
func (f *logFile) append(add func([]byte) []byte) {
	f.mu.Lock()
	if len(f.lines) >= maxWaiting {
		f.mu.Unlock()
		return
	}
	f.lines = add(f.lines)
	full := len(f.lines) >= flushAt
	f.mu.Unlock()
	if full {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
}

func (f *logFile) run() {
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			f.flush()
		case <-f.wake:
			f.flush()
		case <-f.quit:
			err := f.flush()
			f.ended <- errors.Join(err, f.file.Close())
			return
		}
	}
}

// flush writes what has gathered.
func (f *logFile) flush() error {
	f.mu.Lock()
	lines := f.lines
	f.lines, f.spare = f.spare[:0], nil
	f.mu.Unlock()
	if cap(lines) <= keptBuffer {
		f.spare = lines
	}
	if len(lines) == 0 {
		return nil
	}
	if f.size > 0 && f.size+int64(len(lines)) > f.limit {
		if err := f.rotate(); err != nil {
			return err
		}
	}
	n, err := f.file.Write(lines)
	f.size += int64(n)
	return err
}

func (f *logFile) rotate() error {
	err := f.file.Close()
	if renamed := os.Rename(f.path, f.path+".1"); !errors.Is(renamed, fs.ErrNotExist) {
		err = errors.Join(err, renamed)
	}
	return errors.Join(err, f.open())
}

// close writes the rest and answers what went wrong with it.
func (f *logFile) close() error {
	close(f.quit)
	return <-f.ended
}
