package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"

	"catalog/local"
	"catalog/local/alarm"
)

// talk is what the program tells people while it works, on stderr.
type talk struct {
	mu     sync.Mutex
	w      io.Writer
	colour bool
	quiet  bool // events are kept from the reader
	// recorded counts the resources that only AWS can give, by type, until
	// the next stack or the end; slow are the resources under creation.
	stack    string
	recorded map[string]int
	slow     map[string]*time.Timer
	alarms   map[string]bool // those that are on
}

func newTalk(file *os.File) *talk {
	return &talk{
		w: file, colour: isatty.IsTerminal(file.Fd()) && os.Getenv("NO_COLOR") == "",
		recorded: map[string]int{}, slow: map[string]*time.Timer{}, alarms: map[string]bool{},
	}
}

// Colours of a status (ECMA-48, SGR).
const (
	green  = "32"
	red    = "31"
	yellow = "33"
	grey   = "90"
)

func (t *talk) paint(colour, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// say prints one line.
func (t *talk) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, format+"\n", args...)
}

// note prints one line about what is under way.
func (t *talk) note(what string) { t.say("  %s", what) }

// during runs a step and says how it ended. When it takes longer than a moment,
// a line says before that what is under way.
func (t *talk) during(step, doing string, do func() (result string, err error)) error {
	begin := time.Now()
	slow := time.AfterFunc(announceAfter, func() { t.note(doing) })
	defer slow.Stop()
	result, err := do()
	if err != nil {
		return err
	}
	t.done(step, result, begin)
	return nil
}

// done says that a step has ended well.
func (t *talk) done(step, result string, begin time.Time) {
	t.say("%s %-10s %s (%s)", t.paint(green, "✓"), step, result, short(time.Since(begin)))
}

// announceAfter is how long something may take before a line says that it is
// under way.
const announceAfter = time.Second

// event prints a step of an environment's life: a line per resource that runs
// and one per type that is only recorded.
func (t *talk) event(e local.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if timer := t.slow[e.ID]; timer != nil {
		timer.Stop()
		delete(t.slow, e.ID)
	}
	if t.quiet {
		return
	}
	if e.ID == e.Stack && strings.HasSuffix(e.Status, "_IN_PROGRESS") { // its name is the headline
		return
	}
	if e.Stack != t.stack && e.Stack != "" {
		t.flushRecorded()
		t.stack = e.Stack
		fmt.Fprintln(t.w, e.Stack)
	}
	switch {
	case e.Status == local.Recorded:
		t.recorded[e.Type]++
	case e.Status == local.CreateInProgress || e.Status == local.UpdateInProgress || e.Status == local.DeleteInProgress:
		t.slow[e.ID] = time.AfterFunc(announceAfter, func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.line(e)
		})
	case e.ID == e.Stack && e.Status == local.CreateComplete: // said by what follows
	case e.Status == local.Notified: // what it is about stands above
	case e.Status == alarm.InAlarm:
		t.alarms[e.ID] = true
		t.line(e)
	case e.Type == "AWS::CloudWatch::Alarm" && e.Status == alarm.OK:
		if t.alarms[e.ID] { // one that was never on says nothing new
			t.line(e)
		}
		delete(t.alarms, e.ID)
	default:
		t.line(e)
	}
}

// colourOf is how a status looks.
func colourOf(status string) string {
	switch {
	case strings.HasSuffix(status, "_FAILED") || strings.Contains(status, "ROLLBACK") || status == local.LogsDropped || status == alarm.InAlarm || status == local.DatabaseStopped:
		return red
	case strings.HasSuffix(status, "_COMPLETE") || status == local.DatabaseRestored || status == alarm.OK || status == local.DeploymentSuccessful:
		return green
	case strings.HasPrefix(status, "TASK_") && status != local.TaskStarting, status == local.NotRun, status == local.Scaled:
		return yellow
	}
	return grey
}

// line prints one event. The lock is held.
func (t *talk) line(e local.Event) {
	colour := colourOf(e.Status)
	took := ""
	if e.Took > 0 {
		took = " " + short(e.Took)
	}
	if e.Detail != "" && e.Status != local.CreateFailed && e.Status != local.UpdateFailed { // a failure's cause is the command's last word
		took += "  " + e.Detail
	}
	fmt.Fprintf(t.w, "  %s %s %s %s%s\n", e.Time.Format(time.TimeOnly), t.paint(colour, fmt.Sprintf("%-18s", e.Status)), e.Type, e.ID, t.paint(grey, took))
}

// flush prints what was only recorded.
func (t *talk) flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flushRecorded()
}

func (t *talk) flushRecorded() {
	if len(t.recorded) == 0 {
		return
	}
	for _, typ := range slices.Sorted(maps.Keys(t.recorded)) {
		fmt.Fprintf(t.w, "  %s %s %s\n", time.Now().Format(time.TimeOnly), t.paint(grey, fmt.Sprintf("%-18s", local.Recorded)),
			fmt.Sprintf("%s%s", typ, times(t.recorded[typ])))
	}
	clear(t.recorded)
}

func times(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" × %d", n)
}

// short writes a duration to a tenth of a second.
func short(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }

// table prints rows in columns of equal width.
func table(w io.Writer, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[i], cell)
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}
