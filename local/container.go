package local

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	"catalog/local/process"
)

// container is one running container of a task.
type container struct {
	definition  containerDefinition
	image       Image
	env         []string
	process     *process.Process
	id          string // as the task metadata endpoint names it
	started     time.Time
	use         atomic.Pointer[process.Usage] // as of the last look
	outOfMemory atomic.Value                  // why it was killed, as text
	log         *tail
	health      *healthWatch
}

// Defaults and bounds of a container's health check (ECS: HealthCheck).
const (
	defaultHealthInterval = 30 * time.Second
	defaultHealthTimeout  = 5 * time.Second
	defaultHealthRetries  = 3
)

// healthWatch follows a container's health check.
type healthWatch struct {
	healthy, unhealthy chan struct{}
}

// watchHealth runs the health check until the container ends. The first
// success makes it healthy; so many failures in a row after the start period
// make it unhealthy for good: ECS then replaces the task.
func (c *container) watchHealth() {
	c.health = &healthWatch{healthy: make(chan struct{}), unhealthy: make(chan struct{})}
	check := *c.definition.HealthCheck
	go c.health.follow(c.process.Done, healthTiming{
		interval:    seconds(check.Interval, defaultHealthInterval),
		startPeriod: seconds(check.StartPeriod, 0),
		retries:     int(max(check.Retries, 0)),
	}, func() bool { return c.checkOnce(seconds(check.Timeout, defaultHealthTimeout)) })
}

type healthTiming struct {
	interval, startPeriod time.Duration
	retries               int
}

// follow is the loop alone, so that a test can run it in simulated time.
func (h *healthWatch) follow(done <-chan struct{}, timing healthTiming, check func() bool) {
	if timing.retries == 0 {
		timing.retries = defaultHealthRetries
	}
	begin := time.Now()
	failures, wasHealthy := 0, false
	ticker := time.NewTicker(timing.interval)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
		}
		switch {
		case check():
			failures = 0
			if !wasHealthy {
				wasHealthy = true
				close(h.healthy)
			}
		case time.Since(begin) > timing.startPeriod || wasHealthy:
			if failures++; failures == timing.retries {
				close(h.unhealthy)
				return
			}
		}
	}
}

func (c *container) checkOnce(timeout time.Duration) bool {
	argv, err := c.image.healthCommand(c.definition.HealthCheck.Command)
	if err != nil {
		return false
	}
	check, err := process.Start(process.Program{
		Path: argv[0], Args: argv[1:], Env: c.env, Dir: c.image.Root, Output: discard{}, OrphanSignal: syscall.SIGKILL,
	})
	if err != nil {
		return false
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-check.Done:
		return check.ExitCode() == 0
	case <-timer.C:
	case <-c.process.Done: // the check ends with its container
	}
	_ = check.End(context.Background(), syscall.SIGKILL, 0)
	return false
}

// status is the container's health in ECS's words.
func (h *healthWatch) status() string {
	select {
	case <-h.unhealthy:
		return "UNHEALTHY"
	default:
	}
	select {
	case <-h.healthy:
		return "HEALTHY"
	default:
		return "UNKNOWN"
	}
}

// awaitHealthy waits for the first success.
func (c *container) awaitHealthy(stopping <-chan struct{}) error {
	if c.health == nil {
		return errors.New("it has no health check")
	}
	select {
	case <-c.health.healthy:
		return nil
	case <-c.health.unhealthy:
		return errors.New("it failed its health check")
	case <-c.process.Done:
		return errors.New("it ended")
	case <-stopping:
		return errStopped
	}
}

// unhealthy is closed when the health check has failed for good; it blocks
// for ever where there is none.
func (c *container) unhealthy() <-chan struct{} {
	if c.health == nil {
		return nil
	}
	return c.health.unhealthy
}

// ending says how the container's process ended.
func (c *container) ending() error {
	if why, killed := c.outOfMemory.Load().(string); killed {
		return fmt.Errorf("ended with code %d: %s", c.process.ExitCode(), why)
	}
	if code := c.process.ExitCode(); code > 128 {
		return fmt.Errorf("was ended by signal %d (code %d)", code-128, code)
	}
	return fmt.Errorf("ended with code %d: %s", c.process.ExitCode(), c.log.last())
}

func (c *container) close() { c.log.to.Close() }

func seconds(n number, fallback time.Duration) time.Duration {
	if n <= 0 {
		return fallback
	}
	return time.Duration(float64(n) * float64(time.Second))
}
