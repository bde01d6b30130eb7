package main_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"catalog/contract"
)

// balancer is what a load balancer does: requests go to the targets that are
// healthy, in turn, and a target that fails its check gets no new ones.
type balancer struct {
	mu      sync.Mutex
	targets []*process
	turn    int
	client  http.Client
}

func (b *balancer) set(targets ...*process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.targets = targets
}

func (b *balancer) next() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn++
	return b.targets[b.turn%len(b.targets)].url
}

// request sends one and answers what is wrong with its answer.
func (b *balancer) request(ctx context.Context, method, path, body string, status int) error {
	url := b.next()
	r, err := http.NewRequestWithContext(ctx, method, url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+writeToken)
	r.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		return fmt.Errorf("%s %s: %s %.200s, %v", method, path, response.Status, text, err)
	}
	return nil
}

// TestTasksAreReplacedUnderLoadWithoutAFailedRequest: one after the other, as
// a deployment does.
func TestTasksAreReplacedUnderLoadWithoutAFailedRequest(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	old := []*process{d.serve(contract.EnvDrainDelay, "400ms"), d.serve(contract.EnvDrainDelay, "400ms")}
	path := old[0].want(http.StatusCreated, "POST", products, `{"sku":"A","name":"kept"}`).Header.Get("Location")
	b := &balancer{}
	b.set(old...)
	var load sync.WaitGroup
	var sent, failed atomic.Int64
	stop := make(chan struct{})
	for worker := range 4 {
		load.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				var err error
				switch i % 3 {
				case 0:
					err = b.request(t.Context(), "GET", path, "", http.StatusOK)
				case 1:
					err = b.request(t.Context(), "GET", products+"?limit=3", "", http.StatusOK)
				case 2:
					err = b.request(t.Context(), "POST", products, fmt.Sprintf(`{"sku":"S-%d-%d","name":"new"}`, worker, i), http.StatusCreated)
				}
				if sent.Add(1); err != nil && failed.Add(1) <= 5 {
					t.Error(err)
				}
			}
		})
	}
	fresh := make([]*process, 2)
	for i := range old {
		fresh[i] = d.serve()
		remaining := append(append([]*process{}, fresh[:i+1]...), old[i+1:]...)
		b.set(append([]*process{old[i]}, remaining...)...)
		old[i].signal(syscall.SIGTERM)
		for status := 0; status != http.StatusServiceUnavailable; { // the check, more often than a real one
			status, _ = old[i].get(contract.HealthPath)
		}
		time.Sleep(100 * time.Millisecond) // a target is taken out some time after its check failed
		b.set(remaining...)
		old[i].wantEnd()
	}
	time.Sleep(100 * time.Millisecond)
	close(stop)
	load.Wait()
	if sent.Load() < 100 || failed.Load() > 0 {
		t.Errorf("%d of %d requests failed", failed.Load(), sent.Load())
	}
}
