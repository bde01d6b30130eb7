package local

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"

	"catalog/contract"
	"catalog/local/process"
)

func (t *task) startContainer(c containerDefinition) error {
	id := t.containerID()
	additions := t.definition.environment.additions(t.id)
	additions[envMetadataURI] = t.definition.environment.metadata.uri(id)
	if len(c.PortMappings) > 0 {
		additions[contract.EnvPort] = strconv.Itoa(t.port)
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
	running := &container{definition: c, image: image, env: env, id: id, started: time.Now(), log: &tail{to: log, dropped: t.reportLoss(c.Name)}}
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

// containerID is the task's id and a number, as Fargate's are.
func (t *task) containerID() string {
	var random [4]byte
	rand.Read(random[:])
	return fmt.Sprintf("%s-%010d", t.id, binary.BigEndian.Uint32(random[:]))
}

// additions are what this place gives a container because a task has no
// network interface and no trust store of its own here, and because what its
// sidecar would do is done by the place.
func (e *Environment) additions(task string) map[string]string {
	added := map[string]string{
		"PATH": os.Getenv("PATH"), contract.EnvHost: loopback,
		contract.EnvOTLPEndpoint: e.traces.OTLPEndpointOf(task), contract.EnvXRayDaemon: e.traces.DaemonAddress(),
	}
	if databases := all[*database](e); len(databases) > 0 {
		added[contract.EnvDBCAFile] = databases[0].server.Authority()
	}
	return added
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
