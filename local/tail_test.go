package local

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"catalog/local/process"
)

func TestTailRemembersTheLastLine(t *testing.T) {
	t.Parallel()
	for want, writes := range map[string][]string{
		"it printed nothing": {},
		"one":                {"one\n"},
		"two":                {"one\n", "two\n"},
		"third line":         {"first\nsecond\nthird line\n\n"},
		"kept":               {"kept", "\n"}, // as an unbuffered Python prints
		"half and half":      {"before\nhalf ", "and half\n"},
	} {
		last := &tail{to: discard{}}
		for _, w := range writes {
			if n, err := last.Write([]byte(w)); n != len(w) || err != nil {
				t.Fatal(n, err)
			}
		}
		if got := last.last(); got != want {
			t.Errorf("after %q it is %q, want %q", writes, got, want)
		}
	}
}

// A full disk costs lines, and no task.
func TestAContainerOutlivesItsLog(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no disk that is always full: ", err)
	}
	var losses []error
	log := &tail{to: &lineStamper{file: full, measured: func([]byte) {}}, dropped: func(err error) { losses = append(losses, err) }}
	image := workloadImage(t)
	p, err := process.Start(process.Program{
		Path: filepath.Join(image.Root, workloadName), Args: []string{"print", "10000"}, Output: log, OrphanSignal: syscall.SIGKILL,
	})
	if err != nil {
		t.Fatal(err)
	}
	if code := p.ExitCode(); code != 0 {
		t.Errorf("it ended with code %d", code)
	}
	if len(losses) != 1 || !strings.Contains(losses[0].Error(), "no space left") {
		t.Errorf("it said %v, want the loss once", losses)
	}
	if got := log.last(); got != "line 9999" {
		t.Errorf("its last line was %q", got)
	}
}

func TestALostLineIsAnEvent(t *testing.T) {
	t.Parallel()
	var events []Event
	e := &Environment{options: Options{Progress: func(e Event) { events = append(events, e) }}}
	one := &task{id: "0123456789abcdef", definition: &taskDefinition{environment: e, declared: declared{stack: Stack{Name: "stack-test"}}}}
	one.reportLoss("api")(syscall.ENOSPC)
	if len(events) != 1 || events[0].Status != LogsDropped || events[0].ID != "api/01234567" || events[0].Stack != "stack-test" ||
		!strings.Contains(events[0].Detail, "its log loses lines: no space left on device: free some space") {
		t.Errorf("the events are %+v", events)
	}
}
