package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Options say how an environment runs.
type Options struct {
	// StateDir keeps the environment's data, secrets, logs and lock.
	StateDir string
	// Port is the load balancer's, DashboardPort the status page's; 0 is any
	// free one. Both listen on 127.0.0.1.
	Port          int
	DashboardPort int
	// Parameters are the stacks' parameters by name.
	Parameters map[string]string
	// Images finds the program behind an image reference.
	Images ImageStore
	// PostgresDir holds PostgreSQL's bin, lib and share.
	PostgresDir string
	// Fresh drops the database of the run before.
	Fresh bool
	// MinFreeBytes is the disk space below which nothing is started; 0 is
	// DefaultMinFreeBytes.
	MinFreeBytes uint64
	// Progress is called for every step, from one goroutine at a time.
	Progress func(Event)
}

// DefaultMinFreeBytes covers a fresh database cluster and its first log.
const DefaultMinFreeBytes = 256 << 20

// Environment is a running assembly.
type Environment struct {
	options Options
	secrets *secretStore
	front   net.Listener // the production listener's, taken before anything starts
	console *console
	lock    *os.File

	progress  sync.Mutex // one event at a time
	mu        sync.Mutex
	resources map[string]map[string]resource // by stack and logical id
	created   []creation                     // in order
	events    []Event
	outputs   map[string]string
	started   time.Time
}

// creation is a resource that was started and must be stopped.
type creation struct {
	declared
	runner
}

// Up creates every resource of the assembly, in order. When one fails, what
// was started is stopped again.
func Up(ctx context.Context, assembly *Assembly, o Options) (_ *Environment, err error) {
	e := &Environment{
		options: o, resources: map[string]map[string]resource{},
		outputs: map[string]string{}, started: time.Now(),
	}
	plans, err := e.plan(assembly)
	if err != nil {
		return nil, err
	}
	if err := e.prepare(); err != nil {
		return nil, errors.Join(err, e.release())
	}
	for _, p := range plans {
		if err := e.create(ctx, p); err != nil {
			return nil, errors.Join(err, e.Down(context.WithoutCancel(ctx)))
		}
	}
	return e, nil
}

// stopDeadline is how long everything together may take to stop.
const stopDeadline = 45 * time.Second

// prepare takes what another environment or program may hold: the state
// folder, disk space, the ports.
func (e *Environment) prepare() (err error) {
	if e.lock, err = lockState(e.options.StateDir); err != nil {
		return err
	}
	minimum := e.options.MinFreeBytes
	if minimum == 0 {
		minimum = DefaultMinFreeBytes
	}
	if err := CheckSpace(e.options.StateDir, minimum); err != nil {
		return err
	}
	if e.secrets, err = openSecrets(e.options.StateDir); err != nil {
		return err
	}
	if e.front, err = listenLocal(e.options.Port, "the load balancer", "--port"); err != nil {
		return err
	}
	if e.console, err = newConsole(e, e.options.DashboardPort); err != nil {
		return err
	}
	// Nothing refuses this start any more: the logs of the last one may go.
	return os.RemoveAll(filepath.Join(e.options.StateDir, logsDir))
}

// release gives back what prepare took.
func (e *Environment) release() error {
	var errs []error
	if e.console != nil {
		errs = append(errs, e.console.close())
	}
	if e.front != nil {
		if err := e.front.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if e.lock != nil {
		errs = append(errs, unlockState(e.options.StateDir, e.lock))
	}
	return errors.Join(errs...)
}

// Down closes the front door, then stops every resource in reverse order. No
// request is cut off, and tasks need not wait for a load balancer that has
// stopped sending. After stopDeadline, or when ctx ends, what still runs is
// killed.
func (e *Environment) Down(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopDeadline)
	defer cancel()
	var errs []error
	for _, listener := range all[*listener](e) {
		errs = append(errs, listener.stop(ctx))
	}
	e.mu.Lock()
	created := slices.Clone(e.created)
	e.created = nil
	e.mu.Unlock()
	for _, c := range slices.Backward(created) {
		begin := time.Now()
		event := Event{Stack: c.declared.stack.Name, ID: c.id, Type: c.typ, Status: DeleteComplete}
		if err := c.stop(ctx); err != nil {
			event.Status, event.Detail = DeleteFailed, err.Error()
			errs = append(errs, fmt.Errorf("stopping %s (%s): %w", c.id, c.typ, err))
		}
		event.Took = time.Since(begin)
		e.report(event)
	}
	return errors.Join(append(errs, e.release())...)
}

// Outputs are the stacks' outputs, in one flat map.
func (e *Environment) Outputs() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	outputs := make(map[string]string, len(e.outputs))
	for name, value := range e.outputs {
		outputs[name] = value
	}
	return outputs
}

// consoleAddress is a URL into the AWS console.
var consoleAddress = regexp.MustCompile(`^https://[a-z0-9-]+\.console\.aws\.amazon\.com/`)

// here turns an address in the AWS console into that of the local page.
func (e *Environment) here(value string) string {
	if consoleAddress.MatchString(value) {
		return e.console.url()
	}
	return value
}
