package local

import (
	"context"
	"slices"
	"syscall"
	"time"
)

// ECS's default, and Fargate's most in seconds (AWS: "Task definition
// parameters for Fargate", stopTimeout).
const (
	defaultStopTimeout = 30 * time.Second
	maxStopTimeout     = 120
)

// stop asks the task to end and waits until it has. Fast leaves out the drain
// that a task does while a load balancer still sends to it, and hurries a task
// that drains already. When ctx ends, what still runs is killed.
func (t *task) stop(ctx context.Context, fast bool) {
	if fast {
		t.hurryOnce.Do(func() { close(t.hurried) })
	}
	t.stopOnce.Do(func() { close(t.stopping) })
	select {
	case <-t.ended:
	case <-ctx.Done():
		t.mu.Lock()
		for _, c := range t.containers {
			_ = c.process.Signal(syscall.SIGKILL)
		}
		t.mu.Unlock()
		<-t.ended
	}
}

// endContainers stops them in reverse order, each with its own timeout.
func (t *task) endContainers() {
	for _, name := range slices.Backward(t.definition.order) {
		if c := t.get(name); c != nil {
			t.endContainer(c)
			c.close()
		}
	}
}

// endContainer stops a container by SIGTERM, upon which it may drain, or by
// SIGINT where there is no time, also after the SIGTERM.
func (t *task) endContainer(c *container) {
	timeout := time.Duration(c.definition.StopTimeout) * time.Second
	if timeout == 0 {
		timeout = defaultStopTimeout
	}
	select {
	case <-t.hurried:
		_ = c.process.End(context.Background(), syscall.SIGINT, timeout)
		return
	default:
	}
	go func() {
		select {
		case <-t.hurried:
			_ = c.process.Signal(syscall.SIGINT)
		case <-c.process.Done:
		}
	}()
	_ = c.process.End(context.Background(), syscall.SIGTERM, timeout)
}
