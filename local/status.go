package local

import (
	"cmp"
	"slices"
	"time"
)

// Status is what an environment does at a moment.
type Status struct {
	Started       time.Time           `json:"started"`
	Outputs       map[string]string   `json:"outputs"`
	Services      []ServiceStatus     `json:"services"`
	Listeners     []ListenerStatus    `json:"listeners"`
	TargetGroups  []TargetGroupStatus `json:"target_groups"`
	Databases     []DatabaseStatus    `json:"databases"`
	Repositories  []RepositoryStatus  `json:"repositories"`
	Resources     []ResourceStatus    `json:"resources"`
	Alarms        []AlarmStatus       `json:"alarms"`
	Notifications []Notification      `json:"notifications"`
	Events        []Event             `json:"events"`
	// Processes and Addresses are all that the environment has: none of them
	// may be left when it has ended.
	Processes []int    `json:"processes"`
	Addresses []string `json:"addresses"`
}

// ServiceStatus is one ECS service and its tasks.
type ServiceStatus struct {
	Name    string       `json:"name"`
	Desired int          `json:"desired"`
	Running int          `json:"running"`
	Tasks   []TaskStatus `json:"tasks"`
	// Deployments are the last ones, the newest first.
	Deployments []DeploymentStatus `json:"deployments"`
}

// DeploymentStatus is one service deployment: a service revision that takes
// the place of another. Status and Stage have ECS's words (AWS:
// "ServiceDeployment", "Lifecycle stages for Amazon ECS service deployments").
type DeploymentStatus struct {
	ID       string    `json:"id"`
	Status   string    `json:"status"`
	Stage    string    `json:"stage,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"`
	// Source and Target are task definitions as family:revision; Source is
	// empty in a service's first deployment. The groups are target groups' names.
	Source      string `json:"source,omitempty"`
	Target      string `json:"target"`
	SourceGroup string `json:"source_group,omitempty"`
	TargetGroup string `json:"target_group,omitempty"`
}

// TaskStatus is one task. PID is the process of the container that the load
// balancer sends to.
type TaskStatus struct {
	ID string `json:"id"`
	placement
	Status   string    `json:"status"`
	Health   string    `json:"health"`
	PID      int       `json:"pid"`
	Address  string    `json:"address"`
	Launched time.Time `json:"launched"`
	// Group is the target group's name, Revision the task definition's.
	Group    string `json:"group,omitempty"`
	Revision int    `json:"revision"`
	// CPU and Memory are in percent of the task's reservation, of the last
	// seconds; ContainerHealth is HEALTHY, UNHEALTHY or UNKNOWN.
	CPU             float64 `json:"cpu_percent"`
	Memory          float64 `json:"memory_percent"`
	ContainerHealth string  `json:"container_health"`
}

// ListenerStatus is one listener: its load balancer's name, its port in the
// template, and where it listens here.
type ListenerStatus struct {
	Name    string `json:"name"`
	Port    int    `json:"port"`
	Address string `json:"address"`
}

// TargetGroupStatus is one target group and its targets.
type TargetGroupStatus struct {
	Name string `json:"name"`
	// Weights are those of the rules that forward to it, by listener port.
	Weights map[int]int    `json:"weights"`
	Targets []TargetStatus `json:"targets"`
}

// TargetStatus is one target.
type TargetStatus struct {
	Address string `json:"address"`
	Health  string `json:"health"`
}

// DatabaseStatus is one database server.
type DatabaseStatus struct {
	Name string `json:"name"`
	Port int    `json:"port"`
	PID  int    `json:"pid"`
}

// AlarmStatus is one CloudWatch alarm of the template, or one that a scaling
// policy derived.
type AlarmStatus struct {
	Name        string    `json:"name"`
	State       string    `json:"state"`
	Reason      string    `json:"reason"`
	Since       time.Time `json:"since"`
	Description string    `json:"description"`
	Runbook     string    `json:"runbook,omitempty"` // a path in the project
}

// Notification is a message that a topic would have sent.
type Notification struct {
	Time    time.Time `json:"time"`
	Topic   string    `json:"topic"`
	Subject string    `json:"subject"`
	Message string    `json:"message"`
}

// ResourceStatus is one resource of a template: CREATE_COMPLETE for one that
// runs here, RECORDED for one that only AWS can give, NOT_RUN for a type that
// the local place does not know.
type ResourceStatus struct {
	Stack  string `json:"stack"`
	ID     string `json:"logical_id"`
	Type   string `json:"type"`
	Status string `json:"status"`
}

// shownEvents is how many of the last events a status holds.
const shownEvents = 200

// Status looks at everything once.
func (e *Environment) Status() Status {
	status := Status{Started: e.started, Outputs: e.Outputs()}
	for _, s := range all[*service](e) {
		status.Services = append(status.Services, s.status())
	}
	for _, l := range all[*listener](e) {
		status.Listeners = append(status.Listeners, l.status())
	}
	status.Processes, status.Addresses = e.belongings()
	weights := e.weights()
	for _, g := range all[*targetGroup](e) {
		status.TargetGroups = append(status.TargetGroups, g.status(weights[g.ref()]))
	}
	for _, db := range all[*database](e) {
		status.Databases = append(status.Databases, DatabaseStatus{Name: db.ref(), Port: db.server.Port(), PID: db.server.PID()})
	}
	for _, r := range all[*repository](e) {
		status.Repositories = append(status.Repositories, r.status())
	}
	for _, a := range all[*cloudAlarm](e) {
		status.Alarms = append(status.Alarms, a.status())
	}
	for _, t := range all[*scalableTarget](e) {
		scaler, _ := t.current()
		for _, one := range scaler.Alarms() {
			status.Alarms = append(status.Alarms, alarmStatus(one))
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	status.Notifications = slices.Clone(e.notifications)
	for stack, resources := range e.resources {
		for id, r := range resources {
			one := ResourceStatus{Stack: stack, ID: id, Status: CreateComplete}
			if recorded, ok := r.(record); ok {
				one.Type, one.Status = recorded.typ, Recorded
				if !isRecorded(one.Type) {
					one.Status = NotRun
				}
			}
			status.Resources = append(status.Resources, one)
		}
	}
	for _, c := range e.created {
		i := slices.IndexFunc(status.Resources, func(r ResourceStatus) bool { return r.Stack == c.declared.stack.Name && r.ID == c.id })
		if i >= 0 {
			status.Resources[i].Type = c.typ
		}
	}
	slices.SortFunc(status.Resources, func(a, b ResourceStatus) int {
		return cmp.Or(cmp.Compare(a.Stack, b.Stack), cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	status.Events = slices.Clone(e.events[max(0, len(e.events)-shownEvents):])
	return status
}

// weights are those of the target groups by listener port. Each rule is asked
// once: a shift changes all of its weights together.
func (e *Environment) weights() map[string]map[int]int {
	weights := map[string]map[int]int{}
	for _, r := range all[*listenerRule](e) {
		for group, weight := range r.weights() {
			if weights[group] == nil {
				weights[group] = map[int]int{}
			}
			weights[group][r.listener.port] += weight
		}
	}
	return weights
}

func (s *service) status() ServiceStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := ServiceStatus{Name: s.name(), Desired: s.desired, Deployments: []DeploymentStatus{}}
	for _, d := range slices.Backward(s.deployments) {
		status.Deployments = append(status.Deployments, d.look())
	}
	for _, t := range s.tasks {
		one := t.look()
		for _, g := range t.revision.groups {
			one.Health = g.health(t.address())
		}
		if one.Status == taskRunning {
			status.Running++
		}
		status.Tasks = append(status.Tasks, one)
	}
	return status
}

func (t *task) look() TaskStatus {
	t.mu.Lock()
	defer t.mu.Unlock()
	status := TaskStatus{
		ID: t.id, placement: t.place, Status: t.status, Address: t.address(), Launched: t.launched,
		Group: t.revision.groupName(), Revision: t.definition.revision, CPU: t.usage.cpuPercent, Memory: t.usage.memPercent, ContainerHealth: "UNKNOWN",
	}
	for _, c := range t.containers {
		if len(c.definition.PortMappings) > 0 {
			status.PID = c.process.PID()
			if c.health != nil {
				status.ContainerHealth = c.health.status()
			}
		}
	}
	return status
}
