package local

import (
	"maps"
	"slices"
	"time"
)

// The documents of the task metadata endpoint, with its names (AWS: "Amazon
// ECS task metadata v4 response").

type taskMetadata struct {
	Cluster, TaskARN, Family, Revision, ServiceName, DesiredStatus, KnownStatus string
	Limits                                                                      struct{ CPU, Memory float64 }
	AvailabilityZone, LaunchType                                                string
	PullStartedAt                                                               time.Time
	Containers                                                                  []containerMetadata
}

type containerMetadata struct {
	DockerID                string `json:"DockerId"`
	Name, DockerName, Image string
	Labels                  map[string]string
	DesiredStatus           string
	KnownStatus             string
	ExitCode                *int `json:",omitempty"`
	Limits                  struct{ CPU, Memory float64 }
	CreatedAt, StartedAt    time.Time
	Type                    string
	Health                  *struct {
		Status string `json:"status"`
	} `json:",omitempty"`
	LogDriver    string            `json:",omitempty"`
	LogOptions   map[string]string `json:",omitempty"`
	ContainerARN string
	Networks     []containerNetwork
}

type containerNetwork struct {
	NetworkMode   string
	IPv4Addresses []string
}

func (t *task) metadata() taskMetadata {
	t.mu.Lock()
	m := taskMetadata{
		Cluster: t.revision.settings.cluster.arnOf(), TaskARN: t.arn(), Family: t.definition.props.Family, Revision: plain(t.definition.revision),
		ServiceName: t.service.name(), DesiredStatus: t.desiredStatus(), KnownStatus: t.status,
		AvailabilityZone: t.place.Zone, LaunchType: "FARGATE", PullStartedAt: t.launched,
	}
	m.Limits.CPU, m.Limits.Memory = float64(t.definition.props.Cpu)/cpuUnits, float64(t.definition.props.Memory)
	containers := slices.Collect(maps.Values(t.containers))
	t.mu.Unlock()
	slices.SortFunc(containers, func(a, b *container) int { return a.started.Compare(b.started) })
	for _, c := range containers {
		m.Containers = append(m.Containers, t.containerMetadata(c))
	}
	return m
}

// desiredStatus is RUNNING until something ends the task. The lock is held.
func (t *task) desiredStatus() string {
	if t.stopCode != "" {
		return taskStopped
	}
	return taskRunning
}

func (t *task) containerMetadata(c *container) containerMetadata {
	m := containerMetadata{
		DockerID: c.id, Name: c.definition.Name, DockerName: c.definition.Name, Image: c.definition.Image, DesiredStatus: taskRunning, KnownStatus: taskRunning,
		CreatedAt: c.started, StartedAt: c.started, Type: "NORMAL", ContainerARN: t.arn() + "/" + c.id,
		Networks: []containerNetwork{{NetworkMode: "awsvpc", IPv4Addresses: []string{loopback}}},
		Labels: map[string]string{
			"com.amazonaws.ecs.cluster": t.revision.settings.cluster.arnOf(), "com.amazonaws.ecs.container-name": c.definition.Name,
			"com.amazonaws.ecs.task-arn": t.arn(), "com.amazonaws.ecs.task-definition-family": t.definition.props.Family,
			"com.amazonaws.ecs.task-definition-version": plain(t.definition.revision),
		},
	}
	m.Limits.CPU, m.Limits.Memory = float64(c.definition.Cpu), float64(c.definition.Memory)
	if log := c.definition.LogConfiguration; log != nil {
		m.LogDriver, m.LogOptions = log.LogDriver, log.Options
	}
	if c.health != nil {
		m.Health = &struct {
			Status string `json:"status"`
		}{c.health.status()}
	}
	select {
	case <-c.process.Done:
		code := c.process.ExitCode()
		m.KnownStatus, m.DesiredStatus, m.ExitCode = taskStopped, taskStopped, &code
	default:
	}
	return m
}

// containerStats is the part of Docker's stats that monitoring reads.
type containerStats struct {
	Read time.Time `json:"read"`
	CPU  struct {
		Usage struct {
			Total uint64 `json:"total_usage"` // nanoseconds
		} `json:"cpu_usage"`
	} `json:"cpu_stats"`
	Memory struct {
		Usage uint64 `json:"usage"`
		Limit uint64 `json:"limit"`
	} `json:"memory_stats"`
}

func (c *container) stats() containerStats {
	s := containerStats{Read: time.Now()}
	usage := c.use.Load()
	if usage != nil {
		s.CPU.Usage.Total, s.Memory.Usage = uint64(usage.CPU), usage.Memory
	}
	s.Memory.Limit = uint64(c.definition.Memory) * megabyte
	return s
}

func (t *task) stats() map[string]containerStats {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := map[string]containerStats{}
	for _, c := range t.containers {
		all[c.id] = c.stats()
	}
	return all
}
