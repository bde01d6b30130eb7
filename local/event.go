package local

import (
	"slices"
	"time"
)

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

// Statuses of an event. Those of CloudFormation, and some of our own: what only
// AWS can give is recorded, what this version does not know is not run. An
// alarm's event has its state, and a deployment's its status or stage.
const (
	CreateInProgress         = "CREATE_IN_PROGRESS"
	CreateComplete           = "CREATE_COMPLETE"
	CreateFailed             = "CREATE_FAILED"
	UpdateInProgress         = "UPDATE_IN_PROGRESS"
	UpdateComplete           = "UPDATE_COMPLETE"
	UpdateCompleteCleanup    = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
	UpdateFailed             = "UPDATE_FAILED"
	UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS"
	UpdateRollbackComplete   = "UPDATE_ROLLBACK_COMPLETE"
	UpdateRollbackFailed     = "UPDATE_ROLLBACK_FAILED"
	DeleteInProgress         = "DELETE_IN_PROGRESS"
	DeleteComplete           = "DELETE_COMPLETE"
	DeleteFailed             = "DELETE_FAILED"
	Recorded                 = "RECORDED"
	NotRun                   = "NOT_RUN"
	TaskStarting             = "TASK_STARTING"
	TaskStopped              = "TASK_STOPPED"
	TaskReplaced             = "TASK_REPLACED"
	TaskReclaimed            = "TASK_RECLAIMED"
	Notified                 = "NOTIFIED"
	Scaled                   = "SCALED"
	LogsDropped              = "LOGS_DROPPED"
	DatabaseStopped          = "DATABASE_STOPPED"
	DatabaseFailed           = "DATABASE_FAILED"
	DatabaseRestored         = "DATABASE_RESTORED"
)

// keptEvents is how many are remembered, at least.
const keptEvents = 5000

func (e *Environment) report(event Event) {
	event.Time = time.Now()
	e.mu.Lock()
	e.events = append(e.events, event)
	if extra := len(e.events) - keptEvents; extra >= keptEvents {
		e.events, e.eventsDropped = slices.Delete(e.events, 0, extra), e.eventsDropped+extra
	}
	e.mu.Unlock()
	e.progress.Lock()
	defer e.progress.Unlock()
	e.keep(event)
	if e.options.Progress != nil {
		e.options.Progress(event)
	}
}
