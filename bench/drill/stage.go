package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// drill breaks one thing. run calls fault when it begins to, and lift when it
// has stopped to.
type drill struct {
	name, title string
	// what is done, in a sentence for the report.
	what string
	// prepare does what takes long, before the first drill; nil does nothing.
	prepare func(ctx context.Context, e *environment) error
	run     func(ctx context.Context, e *environment, s *stage) error
	linux   bool // it needs /proc
}

// stage is a drill that is under way.
type stage struct {
	chance        *rand.Rand
	begun, lifted time.Time
	notes         []string
	findings      []string // what must not be, that the drill itself saw
}

func (s *stage) fault() { s.begun = time.Now() }
func (s *stage) lift()  { s.lifted = time.Now() }

// note says in the report what a number alone does not.
func (s *stage) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// result is what a drill has shown.
type result struct {
	Name  string        `json:"name"`
	Title string        `json:"title"`
	What  string        `json:"what"`
	Took  time.Duration `json:"took_ns"`
	Reads figures       `json:"reads"`
	// Writes and Audit hold what counts most.
	Writes figures `json:"writes"`
	Audit  audit   `json:"audit"`
	// Acknowledged are the writes of this drill that were.
	Acknowledged int `json:"acknowledged"`
	// Recovery is from the fault's begin, AfterLift from its end, until the last
	// failed request has ended; 0 when none failed.
	Recovery  time.Duration `json:"recovery_ns"`
	AfterLift time.Duration `json:"after_lift_ns"`
	Recovered bool          `json:"recovered"`
	// Findings are what must not be: an answer of 500, a repeat that failed.
	Findings []string `json:"findings,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	// LeftOut says why a drill was not run.
	LeftOut string `json:"left_out,omitempty"`
}

const (
	calm        = 3 * time.Second
	quiet       = 4 * time.Second // without a failure: it has recovered
	patience    = 60 * time.Second
	wholeWithin = 90 * time.Second
)

// perform runs one drill under the load.
func (e *environment) perform(ctx context.Context, d drill, s *stage) (result, error) {
	r := result{Name: d.name, Title: d.title, What: d.what}
	if err := e.whole(ctx, wholeWithin); err != nil {
		return r, fmt.Errorf("before the drill: %w", err)
	}
	begin := time.Now()
	before := e.load.ledger.acknowledged()
	pause(ctx, calm+time.Duration(s.chance.Int64N(int64(time.Second))))
	s.fault() // unless the drill says when
	if err := d.run(ctx, e, s); err != nil {
		return r, err
	}
	if s.lifted.Before(s.begun) {
		s.lift()
	}
	r.Recovered = e.recovered(ctx, begin, s.lifted)
	end := time.Now()
	e.load.settled(ctx, end)
	r.Took, r.Acknowledged = end.Sub(begin), e.load.ledger.acknowledged()-before
	all, _ := e.load.between(begin, end)
	var reads, writes []outcome
	for _, o := range all {
		if o.write {
			writes = append(writes, o)
		} else {
			reads = append(reads, o)
		}
	}
	r.Reads, r.Writes = figuresOf(reads, begin, end), figuresOf(writes, begin, end)
	last := lastFailure(all, begin, end)
	r.Recovery, r.AfterLift = since(s.begun, last), since(s.lifted, last)
	if err := e.whole(ctx, wholeWithin); err != nil {
		r.Recovered = false
		s.note("%v", err)
	}
	var err error
	if r.Audit, err = e.load.check(ctx, e.serving); err != nil {
		return r, err
	}
	r.Notes = s.notes
	r.Findings = append(append(r.findings(), s.findings...), e.failures()...)
	return r, ctx.Err()
}

// recovered waits until nothing has failed for a while, and no longer than
// patience.
func (e *environment) recovered(ctx context.Context, begin, lifted time.Time) bool {
	for ctx.Err() == nil {
		pause(ctx, 250*time.Millisecond)
		now := time.Now()
		all, _ := e.load.between(begin, now)
		last := lastFailure(all, begin, now)
		if last.Before(lifted) {
			last = lifted
		}
		_, flying := e.load.between(now, last.Add(quiet/2)) // what is late may fail yet
		if now.Sub(last) >= quiet && flying == 0 {
			return true
		}
		if now.Sub(lifted) > patience {
			return false
		}
	}
	return false
}

// findings are what must not be in any drill.
func (r *result) findings() []string {
	var found []string
	for _, f := range []struct {
		of      string
		figures figures
	}{{"reads", r.Reads}, {"writes", r.Writes}} {
		for _, why := range f.figures.words() {
			if why == "500" || why == "503 without Retry-After" || strings.HasPrefix(why, "4") || why == "no product" || why == "other" {
				found = append(found, fmt.Sprintf("%d %s were answered %s", f.figures.Why[why], f.of, why))
			}
		}
	}
	found = append(found, r.Audit.Twice...)
	if !r.Recovered {
		found = append(found, "it did not recover")
	}
	for _, l := range r.Audit.Lost[:min(3, len(r.Audit.Lost))] {
		found = append(found, fmt.Sprintf("LOST %s: %s", l.ID, l.What))
	}
	return found
}

// failures are what the tasks have logged as their own failures since they
// were asked last, each text once.
func (e *environment) failures() []string {
	lines, err := e.logs.Read()
	if err != nil {
		return []string{"the tasks' logs cannot be read: " + err.Error()}
	}
	counts := map[string]int{}
	var found []string
	for _, line := range lines {
		if !failed(line.Text) {
			continue
		}
		text := logged(line.Text)
		if counts[text]++; counts[text] == 1 {
			found = append(found, text)
		}
	}
	for i, text := range found {
		found[i] = fmt.Sprintf("a task logged %d ×: %s", counts[text], text)
	}
	return found
}

// failed says whether a task's line tells of a failure of its own: a request
// that was answered 500, or its end.
func failed(line string) bool {
	for _, sign := range []string{`"msg":"request failed"`, `"panic":`, "fatal error: ", "panic: "} {
		if strings.Contains(line, sign) {
			return true
		}
	}
	return false
}
