package local

import (
	"cmp"
	"slices"
	"time"
)

// Status is what an environment does at a moment.
type Status struct {
	Started      time.Time           `json:"started"`
	Outputs      map[string]string   `json:"outputs"`
	Services     []ServiceStatus     `json:"services"`
	Listeners    []ListenerStatus    `json:"listeners"`
	TargetGroups []TargetGroupStatus `json:"target_groups"`
	Databases    []DatabaseStatus    `json:"databases"`
	Resources    []ResourceStatus    `json:"resources"`
	Events       []Event             `json:"events"`
}

// ServiceStatus is one ECS service and its tasks.
type ServiceStatus struct {
	Name    string       `json:"name"`
	Desired int          `json:"desired"`
	Running int          `json:"running"`
	Tasks   []TaskStatus `json:"tasks"`
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
	Name    string         `json:"name"`
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
	for _, g := range all[*targetGroup](e) {
		status.TargetGroups = append(status.TargetGroups, g.status())
	}
	for _, db := range all[*database](e) {
		status.Databases = append(status.Databases, DatabaseStatus{Name: db.ref(), Port: db.server.Port(), PID: db.server.PID()})
	}
	e.mu.Lock()
	defer e.mu.Unlock()
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

func (s *service) status() ServiceStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := ServiceStatus{Name: s.name(), Desired: s.desired}
	for _, t := range s.tasks {
		one := t.look()
		for _, g := range s.groups {
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
	}
	for _, c := range t.containers {
		if len(c.definition.PortMappings) > 0 {
			status.PID = c.process.PID()
		}
	}
	return status
}

func (g *targetGroup) status() TargetGroupStatus {
	g.mu.Lock()
	defer g.mu.Unlock()
	status := TargetGroupStatus{Name: g.name(), Targets: []TargetStatus{}}
	for _, t := range g.targets {
		status.Targets = append(status.Targets, TargetStatus{Address: t.address, Health: t.health})
	}
	return status
}
