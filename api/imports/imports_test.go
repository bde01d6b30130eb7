package imports_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"catalog/api/catalog"
)

func TestRunnerLooksEverySecondAndWhenItIsWoken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		r, _, stop := start(m)
		defer stop()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if m.claims != 11 {
			t.Errorf("it looked %d times within 10 seconds", m.claims)
		}
		j := &memoryJob{feed: document("A-1")}
		m.add(j)
		for range 3 { // more often than it can look
			r.Wake()
		}
		synctest.Wait()
		if j.state != catalog.ImportSucceeded {
			t.Errorf("it is %s at once", j.state)
		}
		left := &memoryJob{feed: document("A-1")}
		m.add(left) // by another task: nobody wakes this one
		time.Sleep(time.Second)
		synctest.Wait()
		if left.state != catalog.ImportSucceeded {
			t.Errorf("it is %s after a second", left.state)
		}
	})
}

func TestImportsAreTakenOneBehindTheOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		var order []string
		for i := range 5 {
			m.add(&memoryJob{feed: document(fmt.Sprint("A-", i)), apply: func(c catalog.ImportChunk) error {
				order = append(order, c.Rows[0].SKU)
				time.Sleep(100 * time.Millisecond)
				return nil
			}})
		}
		begin := time.Now()
		_, _, stop := start(m)
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		stop()
		if strings.Join(order, " ") != "A-0 A-1 A-2 A-3 A-4" || time.Since(begin) != 500*time.Millisecond {
			t.Errorf("%v, in %s: a pause lies between them", order, time.Since(begin))
		}
	})
}

// TestTaskThatStopsLeavesItsImport: whatever it is at.
func TestTaskThatStopsLeavesItsImport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var stopping chan struct{}
		hang := func() error {
			<-stopping
			return fmt.Errorf("%w: %w", catalog.ErrUnavailable, context.Canceled)
		}
		for name, j := range map[string]*memoryJob{
			"applying":  {apply: func(catalog.ImportChunk) error { return hang() }},
			"trying":    {apply: func(catalog.ImportChunk) error { return errDatabase }},
			"finishing": {finish: func(string) error { return hang() }},
		} {
			stopping = make(chan struct{})
			j.feed = strings.Repeat(document("A-1"), 3500)
			m := &memory{}
			m.add(j)
			_, log, stop := start(m)
			time.Sleep(700 * time.Millisecond)
			now := stopping
			last := time.AfterFunc(time.Millisecond, func() { close(now) })
			stop()
			last.Stop()
			if j.state != catalog.ImportRunning || j.released != 1 || strings.Contains(log.String(), "level=ERROR") {
				t.Errorf("%s: it is %s: %s, released %d times; the log is %s", name, j.state, j.detail, j.released, log)
			}
		}
	})
}

func TestOldImportsGoOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{cleanErr: errors.New("not now")}
		begin := time.Now()
		_, log, stop := start(m)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		stop()
		if len(m.cleaned) != 6 || !m.cleaned[0].Equal(begin) || m.cleaned[5].Sub(begin) != 5*time.Minute {
			t.Errorf("they were removed at %v", m.cleaned)
		}
		if strings.Count(log.String(), "old imports and keys not removed") != 6 {
			t.Errorf("the log is %s", log)
		}
	})
}

// TestStoreThatIsAwayIsNoNews: others say so already, each second would be too
// often.
func TestStoreThatIsAwayIsNoNews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		away := fmt.Errorf("%w: %w", catalog.ErrUnavailable, io.EOF)
		m := &memory{claimErr: away, cleanErr: away}
		_, log, stop := start(m)
		defer stop()
		time.Sleep(time.Minute)
		synctest.Wait()
		if log.Len() > 0 {
			t.Errorf("it says %s", log)
		}
		m.fail(errDatabase)
		time.Sleep(time.Second)
		synctest.Wait()
		if !strings.Contains(log.String(), "import not worked on") {
			t.Errorf("it says %q of another error", log)
		}
	})
}
