package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"catalog/contract"
)

// clock is a file that says by how many seconds the tasks' wall clock is off.
type clock string

func (c clock) set(offset time.Duration) error {
	next := string(c) + ".new"
	if err := os.WriteFile(next, fmt.Appendf(nil, "%d", int(offset.Seconds())), 0o644); err != nil {
		return err
	}
	return os.Rename(next, string(c))
}

func (e *environment) clock() clock { return clock(filepath.Join(e.dir, "clock")) }

const (
	jump = time.Hour
	// noticed is more than the tasks take to see that the file has changed.
	noticed = 500 * time.Millisecond
)

// jumpClock lets the tasks' wall clock jump ahead and back, as a wrong time
// server makes it, and looks at what depends on time.
func jumpClock(ctx context.Context, e *environment, s *stage) error {
	if !e.movable { // no deployment went before
		assembly, err := e.changedAssembly(ctx, filepath.Join(e.dir, "release"), map[string]string{contract.EnvLogLevel: "debug"})
		if err != nil {
			return err
		}
		if err := e.update(ctx, assembly, e.movableImage, nil); err != nil {
			return err
		}
		e.movable = true
	}
	w := &watch{load: e.load, s: s}
	w.before()
	s.fault()
	if err := e.clock().set(jump); err != nil {
		return err
	}
	pause(ctx, noticed)
	w.ahead()
	pause(ctx, holdFor)
	if err := e.clock().set(0); err != nil {
		return err
	}
	pause(ctx, noticed)
	s.lift()
	w.back()
	s.findings = append(s.findings, w.wrong...)
	return ctx.Err()
}

// watch follows what a clock could break.
type watch struct {
	load          *load
	s             *stage
	first, second creation // before the jump, and amid it
	old, young    string   // cursors of the same times
	changed       time.Time
	wrong         []string
	looked        int
}

func (w *watch) must(ok bool, format string, args ...any) {
	if w.looked++; !ok {
		w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
	}
}

func (w *watch) before() {
	w.first = w.made("before")
	w.old = w.page("")
}

func (w *watch) ahead() {
	a, err := w.load.exchange(http.MethodGet, "/products?limit=1", nil, nil)
	shown, _ := http.ParseTime(a.header.Get("Date"))
	w.must(err == nil && time.Until(shown) > jump-time.Minute, "the tasks' clock did not jump: their Date is %v", shown)
	w.young = w.page(w.old)
	w.repeated(w.first, "a key of before the jump, amid it,")
	w.second = w.made("amid")
	w.changed = w.patched(1)
}

func (w *watch) back() {
	w.page(w.old)
	w.page(w.young)
	w.repeated(w.first, "a key of before the jump, after it,")
	w.repeated(w.second, "a key of amid the jump, after it,")
	again := w.patched(2)
	w.must(!again.Before(w.changed), "a product that was changed twice has the updated_at %v after %v: it went back with the clock", again, w.changed)
	third := w.made("after")
	w.must(third.id != w.second.id && third.id != w.first.id, "a new product has the id of another one")
	w.s.note("%d looks at Date, cursors, Idempotency-Keys, ids and updated_at before, amid and after the jump, %d of them wrong; the standard library's clock was shifted in the API, and nothing else", w.looked, len(w.wrong))
}

// made makes a product, whose writes the ledger knows as any other's.
func (w *watch) made(when string) creation {
	c := w.load.named("clock-" + when)
	o, id, version := w.load.post(c)
	w.must(o.good(), "a POST %s the jump was answered %s", when, o.why)
	if o.good() {
		c.id = id
		w.load.ledger.promise(id, version)
	}
	return c
}

func (w *watch) repeated(c creation, when string) {
	o, id, _ := w.load.post(c)
	w.must(o.good() && id == c.id, "%s was answered %s with %s, not with %s", when, o.why, id, c.id)
}

// page follows a cursor, or begins, and answers the next one.
func (w *watch) page(cursor string) string {
	path := "/products?limit=5&sort=-updated_at"
	if cursor != "" {
		path += "&cursor=" + cursor
	}
	a, err := w.load.exchange(http.MethodGet, path, nil, nil)
	var page struct {
		Items []json.RawMessage
		Next  string `json:"next_cursor"`
	}
	_ = json.Unmarshal(a.body, &page) // the look below says what came instead
	w.must(err == nil && a.status == http.StatusOK && len(page.Items) == 5, "a page was answered %d with %d items, %v", a.status, len(page.Items), err)
	return page.Next
}

// patched changes the first product and answers its updated_at.
func (w *watch) patched(version int64) time.Time {
	o, a := w.load.patch(held{w.first.id, version})
	var p struct {
		Updated time.Time `json:"updated_at"`
	}
	_ = json.Unmarshal(a.body, &p)
	w.must(o.good(), "a PATCH was answered %s", o.why)
	if o.good() {
		w.load.ledger.promise(w.first.id, version+1)
	}
	return p.Updated
}
