package main

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/mattn/go-isatty"
)

// pushBar shows how much of an image is there: a bar that grows in place on a
// terminal, and elsewhere a line at each quarter.
type pushBar struct {
	t        *talk
	terminal bool

	mu    sync.Mutex
	shown int  // percent, of the last time
	open  bool // the cursor stands behind a bar
}

// barWidth is in characters.
const barWidth = 30

func newPushBar(t *talk) *pushBar {
	file, ok := t.w.(*os.File)
	return &pushBar{t: t, terminal: ok && isatty.IsTerminal(file.Fd())}
}

// show is told bytes.
func (b *pushBar) show(done, total int64) {
	if total <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	percent := int(min(done, total) * 100 / total)
	if b.terminal && percent != b.shown {
		b.shown, b.open = percent, true
		filled := barWidth * percent / 100
		b.t.mu.Lock()
		defer b.t.mu.Unlock()
		fmt.Fprintf(b.t.w, "\r  [%s%s] %3d %% of %s", strings.Repeat("=", filled), strings.Repeat(" ", barWidth-filled), percent, megabytes(total))
		return
	}
	if !b.terminal && percent/25 > b.shown/25 {
		b.shown = percent
		b.t.note(fmt.Sprintf("%d %% of %s pushed", percent, megabytes(total)))
	}
}

// end leaves the bar's line.
func (b *pushBar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open {
		b.open = false
		b.t.mu.Lock()
		defer b.t.mu.Unlock()
		fmt.Fprintln(b.t.w)
	}
}
