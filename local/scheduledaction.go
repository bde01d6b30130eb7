package local

import (
	"time"

	"catalog/local/scaling"
)

// scheduledAction is one of a scalable target (AWS CloudFormation template
// reference, ScheduledAction).
type scheduledAction struct {
	ScheduledActionName, Schedule, Timezone string
	StartTime, EndTime                      string
	ScalableTargetAction                    struct{ MinCapacity, MaxCapacity *number }
}

func (a scheduledAction) read() (scaling.ScheduledAction, error) {
	action := scaling.ScheduledAction{
		Name: a.ScheduledActionName, Min: asInt(a.ScalableTargetAction.MinCapacity), Max: asInt(a.ScalableTargetAction.MaxCapacity),
	}
	var err error
	if action.Schedule, err = scaling.ParseSchedule(a.Schedule, a.Timezone); err != nil {
		return action, err
	}
	for text, at := range map[string]*time.Time{a.StartTime: &action.Start, a.EndTime: &action.End} {
		if text == "" {
			continue
		}
		if *at, err = time.Parse(time.RFC3339, text); err != nil {
			return action, err
		}
	}
	return action, nil
}

func asInt(n *number) *int {
	if n == nil {
		return nil
	}
	i := int(*n)
	return &i
}
