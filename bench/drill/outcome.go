package main

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// outcome is what became of one request.
type outcome struct {
	due, ended time.Time
	write      bool
	// why is empty for a good answer, or says what came in its place: a status,
	// or how the connection ended.
	why string
	// kept says that the answer came from a task's memory (Age).
	kept bool
}

func (o outcome) good() bool { return o.why == "" }

// figures are what a drill says of its reads or of its writes.
type figures struct {
	Sent   int            `json:"sent"`
	Failed int            `json:"failed"`
	Why    map[string]int `json:"failed_by,omitempty"`
	Kept   int            `json:"from_memory,omitempty"`
	// Gap is the longest time without a good answer.
	Gap time.Duration `json:"longest_gap_ns"`
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
	// Slowest is the longest that anybody waited, for whatever came.
	Slowest time.Duration `json:"slowest_ns"`
}

// figuresOf counts the requests that were due from begin to end.
func figuresOf(all []outcome, begin, end time.Time) figures {
	f := figures{Why: map[string]int{}}
	var answers []time.Time
	var took []time.Duration
	for _, o := range all {
		if o.good() && !o.ended.Before(begin) && o.ended.Before(end) {
			answers = append(answers, o.ended) // also of what was due before
		}
		if o.due.Before(begin) || !o.due.Before(end) {
			continue
		}
		f.Sent++
		f.Slowest = max(f.Slowest, o.ended.Sub(o.due))
		if !o.good() {
			f.Failed++
			f.Why[o.why]++
			continue
		}
		took = append(took, o.ended.Sub(o.due))
		if o.kept {
			f.Kept++
		}
	}
	f.Gap = longestGap(answers, begin, end)
	slices.Sort(took)
	if n := len(took); n > 0 {
		f.P50, f.P99 = took[n/2], took[n*99/100]
	}
	return f
}

// longestGap is the longest time between begin and end that none of the
// moments lies in.
func longestGap(moments []time.Time, begin, end time.Time) time.Duration {
	slices.SortFunc(moments, time.Time.Compare)
	longest, last := time.Duration(0), begin
	for _, at := range append(moments, end) {
		longest, last = max(longest, at.Sub(last)), at
	}
	return longest
}

// lastFailure is when the last failed request of those that were due from
// begin to end has ended; zero when none failed.
func lastFailure(all []outcome, begin, end time.Time) time.Time {
	var last time.Time
	for _, o := range all {
		if !o.good() && !o.due.Before(begin) && o.due.Before(end) && o.ended.After(last) {
			last = o.ended
		}
	}
	return last
}

// since is how long after a moment another one came; 0 when it came before, or
// never.
func since(from, to time.Time) time.Duration {
	if to.IsZero() {
		return 0
	}
	return max(0, to.Sub(from))
}

// words lists what failed, the most frequent first: "503 ×41, timeout ×2".
func (f figures) words() []string {
	names := slices.SortedFunc(maps.Keys(f.Why), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.Why[b], f.Why[a]), cmp.Compare(a, b))
	})
	return names
}
