package local

import "time"

// Event is one step of an environment's life.
type Event struct {
	Time   time.Time     `json:"time"`
	Stack  string        `json:"stack"`
	ID     string        `json:"logical_id"`
	Type   string        `json:"type"`
	Status string        `json:"status"`
	Detail string        `json:"detail,omitempty"`
	Took   time.Duration `json:"took_ns,omitempty"`
}

// Statuses of an event. Those of CloudFormation, and two of our own: what only
// AWS can give is recorded, what this version does not know is not run.
const (
	CreateInProgress = "CREATE_IN_PROGRESS"
	CreateComplete   = "CREATE_COMPLETE"
	CreateFailed     = "CREATE_FAILED"
	DeleteComplete   = "DELETE_COMPLETE"
	DeleteFailed     = "DELETE_FAILED"
	Recorded         = "RECORDED"
	NotRun           = "NOT_RUN"
	TaskStarting     = "TASK_STARTING"
	TaskStopped      = "TASK_STOPPED"
	TaskReplaced     = "TASK_REPLACED"
	LogsDropped      = "LOGS_DROPPED"
	DatabaseStopped  = "DATABASE_STOPPED"
	DatabaseFailed   = "DATABASE_FAILED"
	DatabaseRestored = "DATABASE_RESTORED"
)

func (e *Environment) report(event Event) {
	event.Time = time.Now()
	e.mu.Lock()
	e.events = append(e.events, event)
	e.mu.Unlock()
	if e.options.Progress != nil {
		e.progress.Lock()
		defer e.progress.Unlock()
		e.options.Progress(event)
	}
}
