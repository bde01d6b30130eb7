package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// system stands in for the place: it answers after some time, or does what an
// outage says.
type system struct {
	mu      sync.Mutex
	outage  func(at time.Duration) (status int, err error) // 0 and nil is none
	began   time.Time
	stored  map[uuid.UUID]stored
	created int
}

func (s *system) RoundTrip(r *http.Request) (*http.Response, error) {
	at := time.Since(s.began)
	time.Sleep(10 * time.Millisecond)
	if r.Body != nil {
		defer r.Body.Close()
	}
	if status, err := s.outage(at); err != nil || status != 0 {
		return answered(status, http.Header{"Retry-After": {"1"}}, `{}`), err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method {
	case http.MethodPost:
		s.created++
		id := uuid.New()
		s.stored[id] = stored{1, 1}
		return answered(http.StatusCreated, nil, fmt.Sprintf(`{"id": %q, "version": 1}`, id)), nil
	case http.MethodPatch:
		var patch struct{ Stock int64 }
		if err := json.NewDecoder(r.Body).Decode(&patch); err != nil {
			return nil, err
		}
		id := uuid.MustParse(r.URL.Path[len("/products/"):])
		s.stored[id] = stored{s.stored[id].version + 1, patch.Stock}
		return answered(http.StatusOK, nil, fmt.Sprintf(`{"id": %q, "version": %d}`, id, s.stored[id].version)), nil
	}
	return answered(http.StatusOK, nil, `{}`), nil
}

func answered(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader([]byte(body)))}
}

func newSystem(l *load, outage func(time.Duration) (int, error)) *system {
	s := &system{outage: outage, began: time.Now(), stored: map[uuid.UUID]stored{}}
	l.client = &http.Client{Transport: s, Timeout: requestTimeout}
	return s
}

// TestI7_AnOutageIsCountedAndTimed: five seconds in which every request is
// refused.
func TestI7_AnOutageIsCountedAndTimed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLoad("http://system", "token", "run")
		s := newSystem(l, func(at time.Duration) (int, error) {
			if at >= 10*time.Second && at < 15*time.Second {
				return 0, syscall.ECONNREFUSED
			}
			return 0, nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		begin := time.Now()
		l.keepUp(ctx, 100, 1)
		end := begin.Add(30 * time.Second)
		all, flying := l.between(begin, end)
		f := figuresOf(all, begin, end)
		if flying != 0 || f.Sent < 2990 || f.Sent > 3010 || f.Failed < 490 || f.Failed > 510 || f.Why["refused"] != f.Failed {
			t.Errorf("%d are under way, %d sent, %d failed by %v; want 0, 3000 and 500 refused", flying, f.Sent, f.Failed, f.Why)
		}
		if f.Gap < 5*time.Second || f.Gap > 5100*time.Millisecond {
			t.Errorf("the longest gap is %v, want 5 s", f.Gap)
		}
		last := lastFailure(all, begin, end)
		if took := since(begin.Add(10*time.Second), last); took < 4900*time.Millisecond || took > 5100*time.Millisecond {
			t.Errorf("it took %v to recover, want 5 s", took)
		}
		if f.P50 != 10*time.Millisecond {
			t.Errorf("half of the requests took %v, want 10 ms", f.P50)
		}
		if losses := lost(l.ledger.promised(), s.stored); len(losses) != 0 {
			t.Errorf("lost are %v", losses)
		}
		if l.ledger.acknowledged() < 400 || len(l.ledger.takeDoubts()) < 60 {
			t.Errorf("%d writes are acknowledged, want about 500 and 100 in doubt", l.ledger.acknowledged())
		}
		for id := range s.stored { // the database forgets one
			delete(s.stored, id)
			break
		}
		if losses := lost(l.ledger.promised(), s.stored); len(losses) != 1 {
			t.Errorf("lost are %v, want one", losses)
		}
	})
}

// TestI7_RecoveryIsWaitedFor: it is there when nothing has failed for a while,
// and is not when something goes on failing.
func TestI7_RecoveryIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		until time.Duration // of the outage
		want  bool
	}{"it recovers": {7 * time.Second, true}, "it does not": {time.Hour, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := &environment{load: newLoad("http://system", "token", "run")}
				newSystem(e.load, func(at time.Duration) (int, error) {
					if at < c.until {
						return http.StatusServiceUnavailable, nil
					}
					return 0, nil
				})
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan struct{})
				begin := time.Now()
				go func() {
					defer close(ended)
					e.load.keepUp(ctx, 50, 1)
				}()
				if got := e.recovered(ctx, begin, begin.Add(time.Second)); got != c.want {
					t.Errorf("recovered is %v, want %v", got, c.want)
				}
				took := time.Since(begin)
				if c.want && (took < c.until+quiet || took > c.until+quiet+time.Second) {
					t.Errorf("it was waited %v for", took)
				}
				if !c.want && took < patience {
					t.Errorf("it was given up after %v", took)
				}
				cancel()
				<-ended
			})
		})
	}
}

// TestI7_WhyARequestFailed names what the table counts.
func TestI7_WhyARequestFailed(t *testing.T) {
	t.Parallel()
	asJSON := http.Header{"Content-Type": {"application/problem+json"}}
	for want, c := range map[string]struct {
		status int
		header http.Header
		err    error
	}{
		"":                        {status: 200},
		"500":                     {status: 500},
		"503 without Retry-After": {status: 503, header: asJSON},
		"503":                     {status: 503, header: http.Header{"Content-Type": {"application/problem+json"}, "Retry-After": {"1"}}},
		"409":                     {status: 409, header: asJSON},
		"refused":                 {err: syscall.ECONNREFUSED},
		"reset":                   {err: fmt.Errorf("write: %w", syscall.EPIPE)},
		"closed":                  {err: io.ErrUnexpectedEOF},
		"timeout":                 {err: context.DeadlineExceeded},
		"other":                   {err: http.ErrNotSupported},
	} {
		if got := whyNot(answer{status: c.status, header: c.header}, c.err, 200); got != want {
			t.Errorf("%+v is %q, want %q", c, got, want)
		}
	}
}
