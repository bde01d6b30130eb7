package main

import (
	"strings"
	"testing"
	"time"
)

func TestI7_TheLongestGap(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	at := func(seconds ...float64) (moments []time.Time) {
		for _, s := range seconds {
			moments = append(moments, begin.Add(time.Duration(s*float64(time.Second))))
		}
		return moments
	}
	for name, c := range map[string]struct {
		moments []time.Time
		want    time.Duration
	}{
		"in the middle":  {at(1, 2, 7, 8, 9), 5 * time.Second},
		"at the begin":   {at(4, 5, 6, 7, 8, 9), 4 * time.Second},
		"at the end":     {at(1, 2, 3, 4), 6 * time.Second},
		"nothing at all": {nil, 10 * time.Second},
		"out of order":   {at(9, 1, 5, 3, 7), 2 * time.Second},
	} {
		if got := longestGap(c.moments, begin, begin.Add(10*time.Second)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestI7_FailuresBelongToTheDrillThatTheyWereDueIn.
func TestI7_FailuresBelongToTheDrillThatTheyWereDueIn(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	end := begin.Add(10 * time.Second)
	after := func(s int) time.Time { return begin.Add(time.Duration(s) * time.Second) }
	all := []outcome{
		{due: after(-1), ended: after(1)},                  // answered here, of before
		{due: after(-1), ended: after(2), why: "503"},      // failed here, of before
		{due: after(3), ended: after(4), why: "timeout"},   // this drill's
		{due: after(5), ended: after(12), why: "timeout"},  // ends later and is this drill's
		{due: after(11), ended: after(12), why: "refused"}, // the next one's
		{due: after(9), ended: after(9), kept: true},
	}
	f := figuresOf(all, begin, end)
	if f.Sent != 3 || f.Failed != 2 || f.Why["timeout"] != 2 || f.Kept != 1 || f.Gap != 8*time.Second {
		t.Errorf("the figures are %+v", f)
	}
	if last := lastFailure(all, begin, end); !last.Equal(after(12)) {
		t.Errorf("the last failure is at %v", last)
	}
	if got := since(after(3), after(2)); got != 0 {
		t.Errorf("a failure before the fault was lifted took %v", got)
	}
	if got := f.failures(); got != "2 of 3: timeout ×2" {
		t.Errorf("the report says %q", got)
	}
}

// TestI7_TheReportSaysWhatIsMissing: a drill that was left out or did not
// recover is not silent.
func TestI7_TheReportSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	left := result{Title: "full disk", LeftOut: "it needs root"}
	stuck := result{Title: "pause", Reads: figures{Sent: 2, Failed: 1, Why: map[string]int{"500": 1}}}
	fine := result{Title: "task", Recovered: true}
	stuck.Findings = stuck.findings()
	text := table([]result{left, stuck, fine})
	for _, words := range []string{"left out: it needs root", "**did not recover**", "1 of 2: 500 ×1", "none failed"} {
		if !strings.Contains(text, words) {
			t.Errorf("the table lacks %q: %s", words, text)
		}
	}
	if len(stuck.Findings) != 2 || !strings.Contains(stuck.Findings[0], "1 reads were answered 500") {
		t.Errorf("the findings are %q", stuck.Findings)
	}
	if left.broke() || fine.broke() || !stuck.broke() {
		t.Error("a drill that did not recover passes, or another one fails")
	}
}
