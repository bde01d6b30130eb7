package local

import (
	"fmt"
	"syscall"
	"time"

	"catalog/local/metrics"
	"catalog/local/process"
)

// cpuUnits are one vCPU's (AWS: "Amazon ECS task definition parameters for
// Fargate").
const cpuUnits = 1024

// taskUsage is what a task used when it was looked at last.
type taskUsage struct {
	at         time.Time
	cpu        time.Duration
	cpuPercent float64
	memPercent float64
}

// measure takes every task's CPU and memory against its reservation, into the
// metrics that ECS and Container Insights have (AWS: "Amazon ECS service
// utilization metrics").
func (s *service) measure(snapshot process.Snapshot, now time.Time) {
	cpu, memory := s.metric("AWS/ECS", "CPUUtilization"), s.metric("AWS/ECS", "MemoryUtilization")
	for _, t := range s.all() {
		if !t.measure(snapshot, now) {
			continue
		}
		t.mu.Lock()
		usage := t.usage
		t.mu.Unlock()
		s.environment.metrics.Put(cpu, now, usage.cpuPercent)
		s.environment.metrics.Put(memory, now, usage.memPercent)
	}
}

// measure looks at the task's containers; false until it has two looks, or
// where the definition reserves nothing.
func (t *task) measure(snapshot process.Snapshot, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	var cpu time.Duration
	var memory uint64
	for _, c := range t.containers {
		usage, runs := snapshot.Of(c.process.PID())
		if !runs || c.process.HasEnded() {
			if last := c.use.Load(); last != nil {
				cpu += last.CPU // what it used stays used
			}
			continue
		}
		c.use.Store(&usage)
		cpu, memory = cpu+usage.CPU, memory+usage.Memory
		if limit := uint64(c.definition.Memory) * megabyte; limit > 0 && usage.Memory > limit {
			c.killForMemory(usage.Memory, limit)
		}
	}
	before := t.usage
	t.usage.at, t.usage.cpu = now, cpu
	reserved, limit := float64(t.definition.props.Cpu)/cpuUnits, float64(t.definition.props.Memory)*megabyte
	if before.at.IsZero() || !now.After(before.at) || reserved <= 0 || limit <= 0 || t.status == taskStopped {
		return false
	}
	t.usage.cpuPercent = 100 * (cpu - before.cpu).Seconds() / now.Sub(before.at).Seconds() / reserved
	t.usage.memPercent = 100 * float64(memory) / limit
	return true
}

// killForMemory ends a container that takes more than its hard limit, as
// Fargate does (AWS: "OutOfMemoryError").
func (c *container) killForMemory(used, limit uint64) {
	c.outOfMemory.Store(fmt.Sprintf("OutOfMemoryError: Container killed due to memory usage: it took %d MiB of its %d", used/megabyte, limit/megabyte))
	_ = c.process.Signal(syscall.SIGKILL) // an error says that it has just ended
}

// count takes how many tasks there are (AWS: "Amazon ECS Container Insights
// metrics"; "AWS Fargate usage metrics").
func (s *service) count(now time.Time) {
	s.mu.Lock()
	running, pending, desired := 0, 0, s.desired
	providers := map[string]int{"OnDemand": 0, "Spot": 0}
	for _, t := range s.tasks {
		switch t.look().Status {
		case taskRunning:
			running++
		case taskPending:
			pending++
		default:
			continue
		}
		if t.place.Provider == spotProvider {
			providers["Spot"]++
		} else {
			providers["OnDemand"]++
		}
	}
	s.mu.Unlock()
	store := s.environment.metrics
	store.Put(s.metric("ECS/ContainerInsights", "RunningTaskCount"), now, float64(running))
	store.Put(s.metric("ECS/ContainerInsights", "PendingTaskCount"), now, float64(pending))
	store.Put(s.metric("ECS/ContainerInsights", "DesiredTaskCount"), now, float64(desired))
	for resource, n := range providers {
		store.Put(metrics.NewKey("AWS/Usage", "ResourceCount", map[string]string{
			"Service": "Fargate", "Type": "Resource", "Resource": resource, "Class": "None",
		}), now, float64(n))
	}
}

func (s *service) metric(namespace, name string) metrics.Key {
	return metrics.NewKey(namespace, name, map[string]string{"ClusterName": s.cluster.ref(), "ServiceName": s.name()})
}
