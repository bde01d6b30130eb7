package console

import (
	"sync"

	"catalog/local"
)

// Bounds of what a logbook keeps: the newest lines.
const (
	maxLines     = 20_000
	maxLineBytes = 16 << 20
)

// logbook has the last lines of every log. It reads on each time that somebody
// looks, and nothing in between.
type logbook struct {
	mu     sync.Mutex
	reader *local.LogReader
	lines  []local.LogLine // oldest first
	bytes  int
}

func newLogbook(stateDir string) *logbook {
	return &logbook{reader: local.NewRecentLogReader(stateDir, maxLineBytes)}
}

// read answers the lines, oldest first; nobody may write to them.
func (b *logbook) read() ([]local.LogLine, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	added, err := b.reader.Read()
	if len(added) == 0 {
		return b.lines, err
	}
	for _, line := range added {
		b.bytes += len(line.Text)
	}
	all := append(b.lines, added...)
	first := max(0, len(all)-maxLines)
	for _, line := range all[:first] {
		b.bytes -= len(line.Text)
	}
	for first < len(all) && b.bytes > maxLineBytes {
		b.bytes -= len(all[first].Text)
		first++
	}
	// A copy: those who read before still hold the old ones.
	b.lines = append([]local.LogLine(nil), all[first:]...)
	return b.lines, err
}
