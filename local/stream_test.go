package local

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stream sends requests through the load balancer without a pause until it is
// stopped, and counts what failed. It watches the healthy targets meanwhile.
type stream struct {
	sent, failed atomic.Int64
	first        atomic.Pointer[string] // the first failure
	fewest       atomic.Int64           // healthy targets of the group with the production traffic
	over         atomic.Bool
	stop         func()
}

// streamClients is how many send at once.
const streamClients = 4

func (p *place) stream(t *testing.T, e *Environment) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &stream{}
	s.fewest.Store(1 << 30)
	var all sync.WaitGroup
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: streamClients}}
	url := "http://" + e.Outputs()["AlbDnsName"] + "/api/pid"
	for range streamClients {
		all.Go(func() {
			for ctx.Err() == nil {
				s.one(client, url)
				time.Sleep(time.Millisecond) // the tests beside this one want to run too
			}
		})
	}
	all.Go(func() {
		for ctx.Err() == nil {
			if healthy := int64(servingTargets(e)); healthy < s.fewest.Load() {
				s.fewest.Store(healthy)
			}
			time.Sleep(time.Millisecond)
		}
	})
	var once sync.Once
	s.stop = func() {
		once.Do(func() {
			s.over.Store(true)
			cancel()
			all.Wait()
			client.CloseIdleConnections()
		})
	}
	t.Cleanup(s.stop)
	return s
}

func (s *stream) one(client *http.Client, url string) {
	response, err := client.Get(url)
	why := ""
	if err != nil {
		why = err.Error()
	} else {
		body, readErr := io.ReadAll(response.Body)
		response.Body.Close()
		if readErr != nil || response.StatusCode != http.StatusOK {
			why = response.Status + " " + string(body)
		}
	}
	s.sent.Add(1)
	if why != "" {
		s.failed.Add(1)
		s.first.CompareAndSwap(nil, &why)
	}
}

// servingTargets counts the healthy targets of the groups that the production
// rule gives weight to.
func servingTargets(e *Environment) int {
	status := e.Status()
	healthy := 0
	for _, group := range status.TargetGroups {
		if group.Weights[80] == 0 {
			continue
		}
		for _, target := range group.Targets {
			if target.Health == targetHealthy {
				healthy++
			}
		}
	}
	return healthy
}

func (s *stream) isOver() bool { return s.over.Load() }

// end stops the stream: no request may have failed, and never may fewer
// targets have been healthy.
func (s *stream) end(t *testing.T, fewest int64) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); s.sent.Load() < 20 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	s.stop()
	if s.failed.Load() > 0 {
		t.Errorf("%d of %d requests failed, the first with %s", s.failed.Load(), s.sent.Load(), *s.first.Load())
	}
	if s.sent.Load() < 20 {
		t.Errorf("%d requests were sent: that shows nothing", s.sent.Load())
	}
	if got := s.fewest.Load(); got < fewest {
		t.Errorf("at a moment %d targets were healthy, want %d always", got, fewest)
	}
}
