package local

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"catalog/contract"
	"catalog/local/process"
)

// task is one run of a task definition: a process per container.
type task struct {
	id         string
	definition *taskDefinition
	place      placement
	port       int

	mu         sync.Mutex
	status     string
	reason     string
	containers map[string]*container
	launched   time.Time
	ended      chan struct{} // closed when nothing of the task runs any more
	stopping   chan struct{} // closed when the task is to stop
	stopOnce   sync.Once
	hurried    chan struct{} // closed when it is to stop without a drain
	hurryOnce  sync.Once
	served     bool // its target was healthy once; the service's lock guards it
}

// Statuses of a task, out of ECS's.
const (
	taskPending  = "PENDING"
	taskRunning  = "RUNNING"
	taskStopping = "STOPPING"
	taskStopped  = "STOPPED"
)

// newTask prepares a task; run starts it.
func newTask(definition *taskDefinition, place placement) (*task, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	rand.Read(id)
	return &task{
		id: hex.EncodeToString(id), definition: definition, place: place, port: port,
		status: taskPending, containers: map[string]*container{}, launched: time.Now(),
		ended: make(chan struct{}), stopping: make(chan struct{}), hurried: make(chan struct{}),
	}, nil
}

// run starts the containers in order and watches them until the task ends.
// ready is called once every essential container runs.
func (t *task) run(ready func()) {
	defer close(t.ended)
	err := t.startContainers()
	if err == nil {
		t.set(taskRunning, "")
		ready()
		err = t.watch()
	}
	t.set(taskStopping, "")
	t.endContainers()
	t.set(taskStopped, reasonOf(err))
}

// errStopped: somebody asked the task to stop.
var errStopped = errors.New("it was asked to stop")

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// set changes the status. The first reason stays: what comes after follows
// from it.
func (t *task) set(status, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status = status
	if t.reason == "" {
		t.reason = reason
	}
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

func (t *task) startContainer(c containerDefinition) error {
	additions := map[string]string{"PATH": os.Getenv("PATH"), contract.EnvHost: loopback}
	if len(c.PortMappings) > 0 {
		additions[contract.EnvPort] = strconv.Itoa(t.port)
	}
	if databases := all[*database](t.definition.environment); len(databases) > 0 {
		additions[contract.EnvDBCAFile] = databases[0].server.Authority()
	}
	env, err := t.definition.variables(c, additions)
	if err != nil {
		return err
	}
	image := t.definition.images[c.Name]
	argv, err := image.argv(c.EntryPoint, c.Command)
	if err != nil {
		return err
	}
	log, err := t.logStream(c)
	if err != nil {
		return err
	}
	running := &container{definition: c, image: image, env: env, log: &tail{to: log, dropped: t.reportLoss(c.Name)}}
	running.process, err = process.Start(process.Program{
		Path: argv[0], Args: argv[1:], Env: env, Dir: image.Root, Output: running.log, OrphanSignal: syscall.SIGKILL,
	})
	if err != nil {
		log.Close()
		return err
	}
	if c.HealthCheck != nil {
		running.watchHealth()
	}
	t.mu.Lock()
	t.containers[c.Name] = running
	t.mu.Unlock()
	return nil
}

func (t *task) logStream(c containerDefinition) (io.WriteCloser, error) {
	if c.LogConfiguration == nil {
		return discard{}, nil
	}
	group, err := find[*logGroup](t.definition.environment, c.LogConfiguration.Options["awslogs-group"])
	if err != nil {
		return nil, err
	}
	return group.stream(c.LogConfiguration.Options["awslogs-stream-prefix"] + "/" + c.Name + "/" + t.id)
}

// reportLoss says that a container runs on without its log.
func (t *task) reportLoss(container string) func(error) {
	return func(err error) {
		t.definition.environment.report(Event{
			Stack: t.definition.stack.Name, ID: container + "/" + t.id[:8], Type: "container", Status: LogsDropped,
			Detail: "its log loses lines: " + err.Error() + ": free some space and start again",
		})
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Close() error                { return nil }

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
