package local

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"catalog/local/process"
)

// task is one run of a task definition: a process per container.
type task struct {
	id         string
	revision   *revision
	service    *service
	definition *taskDefinition
	place      placement
	port       int

	mu         sync.Mutex
	status     string
	stopCode   string
	reason     string
	containers map[string]*container
	launched   time.Time
	usage      taskUsage
	registered bool          // in its target groups
	ended      chan struct{} // closed when nothing of the task runs any more
	stopping   chan struct{} // closed when the task is to stop
	stopOnce   sync.Once
	hurried    chan struct{} // closed when it is to stop without a drain
	hurryOnce  sync.Once
	served     bool // its target was healthy once; the service's lock guards it
	blamed     bool // its own health ended it
}

// Statuses of a task, out of ECS's.
const (
	taskPending  = "PENDING"
	taskRunning  = "RUNNING"
	taskStopping = "STOPPING"
	taskStopped  = "STOPPED"
)

// Why a task stopped, in ECS's words (AWS: "Amazon ECS stopped tasks error
// messages", stopCode).
const (
	stopFailedToStart = "TaskFailedToStart"
	stopEssential     = "EssentialContainerExited"
	stopScheduler     = "ServiceSchedulerInitiated"
	stopSpot          = "SpotInterruption"
	stopUser          = "UserInitiated"
)

// newTask prepares a task of a revision; run starts it.
func newTask(r *revision, place placement) (*task, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	rand.Read(id)
	return &task{
		id: hex.EncodeToString(id), revision: r, definition: r.definition, place: place, port: port,
		status: taskPending, containers: map[string]*container{}, launched: time.Now(),
		ended: make(chan struct{}), stopping: make(chan struct{}), hurried: make(chan struct{}),
	}, nil
}

func (t *task) shortID() string { return t.id[:8] }

// run starts the containers in order and watches them until the task ends.
// ready is called once every essential container runs. A task that ends gets
// no new request.
func (t *task) run(ready func()) {
	defer close(t.ended)
	err, code := t.startContainers(), stopFailedToStart
	if err == nil {
		if t.begin() {
			ready()
		}
		err, code = t.watch(), stopEssential
	}
	if errors.Is(err, errStopped) {
		code = stopUser
	}
	t.end(code, reasonOf(err))
	t.deregister()
	t.endContainers()
	t.mu.Lock()
	t.status = taskStopped
	t.mu.Unlock()
}

// errStopped: somebody asked the task to stop.
var errStopped = errors.New("it was asked to stop")

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// begin says that the task runs, unless it is to stop already.
func (t *task) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.status != taskPending {
		return false
	}
	t.status = taskRunning
	return true
}

// end says that the task is about to stop, and why. The first reason stays:
// what comes after follows from it.
func (t *task) end(code, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status = taskStopping
	if t.stopCode == "" {
		t.stopCode, t.reason = code, reason
	}
}

// failed says whether the task ended for a reason of its own.
func (t *task) failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.blamed || t.stopCode == stopFailedToStart || t.stopCode == stopEssential
}

func (t *task) startContainers() error {
	for _, name := range t.definition.order {
		c := t.definition.container(name)
		for _, dependency := range c.DependsOn {
			if err := t.await(dependency.ContainerName, dependency.Condition); err != nil {
				return fmt.Errorf("container %s waits for %s to be %s: %w", name, dependency.ContainerName, dependency.Condition, err)
			}
		}
		if _, ok := t.definition.images[name]; !ok {
			continue // not essential and not on this machine: said when the definition was read
		}
		if err := t.startContainer(c); err != nil {
			return fmt.Errorf("container %s: %w", name, err)
		}
	}
	return nil
}

// await waits until a container is as another one needs it (ECS:
// ContainerDependency).
func (t *task) await(name, condition string) error {
	dependency := t.get(name)
	if dependency == nil { // not on this machine; only START can do without it
		if condition == "START" {
			return nil
		}
		return errors.New("its image is not on this machine")
	}
	switch condition {
	case "START":
		return nil
	case "COMPLETE", "SUCCESS":
		select {
		case <-dependency.process.Done:
		case <-t.stopping:
			return errStopped
		}
		if condition == "SUCCESS" && dependency.process.ExitCode() != 0 {
			return fmt.Errorf("it %w", dependency.ending())
		}
		return nil
	case "HEALTHY":
		return dependency.awaitHealthy(t.stopping)
	}
	return fmt.Errorf("%q is no condition of ECS", condition)
}

func (t *task) get(name string) *container {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.containers[name]
}

// watch waits for an essential container to end, to become unhealthy, or for
// somebody to stop the task.
func (t *task) watch() error {
	failed := make(chan error, len(t.definition.order))
	for _, name := range t.definition.order {
		c := t.get(name)
		if c == nil || !c.definition.isEssential() {
			continue
		}
		go func() {
			select {
			case <-c.process.Done:
				failed <- fmt.Errorf("essential container %s %w", name, c.ending())
			case <-c.unhealthy():
				failed <- fmt.Errorf("container %s failed its health check", name)
			case <-t.stopping:
			}
		}()
	}
	select {
	case err := <-failed:
		return err
	case <-t.stopping:
		return errStopped
	}
}

func (t *task) address() string { return net.JoinHostPort(loopback, strconv.Itoa(t.port)) }

func (t *task) stoppedReason() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reason
}
