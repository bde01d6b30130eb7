package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"catalog/api/feed"
	"catalog/api/seed"
	"catalog/local"
)

// importRows is how many products the feed has.
const importRows = 100_000

// imported is what the API says of an import.
type imported struct {
	ID    string
	State string
	Rows  struct{ Total, OK, Failed, Created, Updated, Unchanged int }
}

func (i imported) done() int { return i.Rows.OK + i.Rows.Failed }

// killImport kills the task that works on an import when a part of its rows is
// there, and looks whether what docs/api.md promises holds.
func killImport(ctx context.Context, e *environment, s *stage) error {
	var body bytes.Buffer
	if err := seed.Write(&body, feed.NDJSON, seed.Options{Products: importRows, Seed: 1}, nil); err != nil {
		return err
	}
	before, err := e.feedProducts(ctx)
	if err != nil {
		return err
	}
	key := e.load.run + "-import"
	first, err := e.importFeed(body.Bytes(), key)
	if err != nil {
		return err
	}
	half := importRows/4 + s.chance.IntN(importRows/4)
	reached, err := e.follow(ctx, first.ID, func(i imported) bool { return i.done() >= half })
	if err != nil {
		return err
	}
	task, err := e.worksOn(ctx, first.ID)
	if err != nil {
		return err
	}
	s.fault()
	if err := syscall.Kill(task.PID, syscall.SIGKILL); err != nil {
		return err
	}
	s.lift()
	atKill, err := e.importCount(ctx, first.ID)
	if err != nil {
		return err
	}
	s.note("task %s was killed when %d rows were there; the API's last word had been %d", task.ID[:8], atKill.rows, reached.done())
	ended, err := e.follow(ctx, first.ID, func(i imported) bool { return i.State != "running" })
	if err != nil {
		return err
	}
	if ended.State != "succeeded" || ended.done() != importRows {
		s.findings = append(s.findings, fmt.Sprintf("the import ended as %s with %d of %d rows", ended.State, ended.done(), importRows))
	}
	s.note("another task went on and it %s %s after the kill: %d rows ok, %d failed", ended.State, seconds(time.Since(s.begun)), ended.Rows.OK, ended.Rows.Failed)
	after, err := e.importCount(ctx, first.ID)
	if err != nil {
		return err
	}
	if after.products < atKill.products || after.products-before != ended.Rows.Created {
		s.findings = append(s.findings, fmt.Sprintf("%d products of the feed are in the database, %d were when the task was killed, and the import says that it made %d", after.products-before, atKill.products-before, ended.Rows.Created))
	}
	return e.importAgain(ctx, s, body.Bytes(), key, first, after)
}

// importAgain repeats the import, with its key and without.
func (e *environment) importAgain(ctx context.Context, s *stage, body []byte, key string, first imported, before importState) error {
	repeated, err := e.importFeed(body, key)
	if err != nil || repeated.ID != first.ID {
		s.findings = append(s.findings, fmt.Sprintf("the import's repeat with its key was answered %s, %v, and not %s", repeated.ID, err, first.ID))
	}
	second, err := e.importFeed(body, "")
	if err != nil {
		return err
	}
	if second, err = e.follow(ctx, second.ID, func(i imported) bool { return i.State != "running" }); err != nil {
		return err
	}
	after, err := e.importCount(ctx, second.ID)
	if err != nil {
		return err
	}
	if second.State != "succeeded" || second.Rows.Created != 0 || after.products != before.products {
		s.findings = append(s.findings, fmt.Sprintf("the same feed again ended as %s, made %d products, and there are %d where there were %d", second.State, second.Rows.Created, after.products, before.products))
	}
	s.note("its repeat with the key answered the same import; without the key the feed %s again: %d rows unchanged, %d changed, %d made", second.State, second.Rows.Unchanged, second.Rows.Updated, second.Rows.Created)
	return nil
}

func (e *environment) importFeed(body []byte, key string) (i imported, err error) {
	header := http.Header{"Content-Type": {"application/x-ndjson"}}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	a, err := e.load.exchange(http.MethodPost, "/imports?category_separator=/", body, header)
	if err == nil && a.status != http.StatusAccepted {
		err = fmt.Errorf("POST imports: %d: %.300s", a.status, a.body)
	}
	if err != nil {
		return i, err
	}
	return i, json.Unmarshal(a.body, &i)
}

// follow asks for an import until it is as it should be.
func (e *environment) follow(ctx context.Context, id string, enough func(imported) bool) (i imported, err error) {
	for deadline := time.Now().Add(2 * wholeWithin); time.Now().Before(deadline); pause(ctx, 100*time.Millisecond) {
		if ctx.Err() != nil {
			return i, ctx.Err()
		}
		a, err := e.load.exchange(http.MethodGet, "/imports/"+id, nil, nil)
		if err != nil || a.status != http.StatusOK {
			continue // a task has just gone
		}
		if err := json.Unmarshal(a.body, &i); err != nil {
			return i, err
		}
		if enough(i) {
			return i, nil
		}
	}
	return i, fmt.Errorf("the import %s is %s with %d rows after %v, and goes on no more", id, i.State, i.done(), 2*wholeWithin)
}

// worksOn is the task that said in its log that it runs an import.
func (e *environment) worksOn(ctx context.Context, id string) (local.TaskStatus, error) {
	lines, err := local.NewLogReader(e.state()).Read()
	if err != nil {
		return local.TaskStatus{}, err
	}
	owner := ""
	for _, line := range lines {
		if strings.Contains(line.Text, `"msg":"import runs"`) && strings.Contains(line.Text, id) {
			owner = line.Task
		}
	}
	tasks, err := e.tasks(ctx)
	if err != nil {
		return local.TaskStatus{}, err
	}
	for _, t := range tasks {
		if owner != "" && t.ID == owner {
			return t, nil
		}
	}
	return local.TaskStatus{}, errors.New("no task's log says that it runs the import: it may have ended already, give it more rows")
}

// importState is what the database says of an import: rows that were applied,
// products that came from feeds.
type importState struct{ rows, products int }

func (e *environment) importCount(ctx context.Context, id string) (state importState, err error) {
	err = e.serving.ask(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT created + updated + unchanged + failed FROM import_job WHERE id = $1::text::uuid", id).Scan(&state.rows)
	})
	if err == nil {
		state.products, err = e.feedProducts(ctx)
	}
	return state, err
}

// feedProducts counts the products that are not the load's.
func (e *environment) feedProducts(ctx context.Context) (count int, err error) {
	return count, e.serving.ask(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT count(*) FROM product WHERE sku NOT LIKE $1", e.load.run+"-%").Scan(&count)
	})
}
