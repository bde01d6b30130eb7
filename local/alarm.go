package local

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"catalog/local/alarm"
)

// cloudAlarm is a CloudWatch alarm of the template.
type cloudAlarm struct {
	declared
	environment *Environment
	alarm       *alarm.Alarm // the environment's lock guards which one
}

func newAlarm(e *Environment, d declared) (runner, error) {
	a := &cloudAlarm{declared: d, environment: e}
	return a, a.read(d)
}

// read makes the alarm of a declaration.
func (a *cloudAlarm) read(d declared) error {
	var p alarm.Properties
	if err := d.decode(&p); err != nil {
		return err
	}
	p.AlarmName = orElse(p.AlarmName, d.id)
	made, err := alarm.New(p)
	if err != nil {
		return err
	}
	a.environment.mu.Lock()
	defer a.environment.mu.Unlock()
	if a.alarm != nil { // its state outlives a change, as on AWS
		made.Continue(a.alarm)
	}
	a.alarm = made
	return nil
}

func (a *cloudAlarm) update(_ context.Context, d declared) error { return a.read(d) }
func (a *cloudAlarm) start(context.Context) error                { return nil }
func (a *cloudAlarm) stop(context.Context) error                 { return nil }
func (a *cloudAlarm) ref() string                                { return orElse(a.customName(), a.id) }

func (a *cloudAlarm) attribute(name string) (string, bool) {
	return a.arn("cloudwatch", "alarm:"+a.ref()), name == "Arn"
}

func (a *cloudAlarm) now() *alarm.Alarm {
	a.environment.mu.Lock()
	defer a.environment.mu.Unlock()
	return a.alarm
}

// evaluateAlarms looks at every alarm, and does what it says on a change.
func (e *Environment) evaluateAlarms(now time.Time) {
	for _, a := range all[*cloudAlarm](e) {
		one := a.now()
		before := one.State()
		state, changed := one.Evaluate(e.metrics, now)
		if !changed {
			continue
		}
		e.report(Event{Stack: a.stack.Name, ID: a.id, Type: a.typ, Status: state.Value, Detail: one.Name() + ": " + state.Reason})
		for _, action := range one.Actions(state.Value) {
			e.notify(action, state.Value+": "+one.Name(), a.message(one, before.Value, state))
		}
	}
}

// message is what CloudWatch sends to a topic (AWS: "Notifying users on alarm
// changes"), its main fields.
func (a *cloudAlarm) message(one *alarm.Alarm, before string, state alarm.State) string {
	content, err := json.Marshal(map[string]any{
		"AlarmName": one.Name(), "AlarmDescription": one.Description(), "AWSAccountId": accountID, "Region": a.stack.Region,
		"NewStateValue": state.Value, "NewStateReason": state.Reason, "OldStateValue": before,
		"StateChangeTime": state.Since.UTC().Format(time.RFC3339Nano), "AlarmArn": a.arn("cloudwatch", "alarm:"+a.ref()),
	})
	if err != nil {
		return state.Reason
	}
	return string(content)
}

// alarmsIn are those of the named alarms that are in a state.
func (e *Environment) alarmsIn(state string, names []string) []string {
	var found []string
	for _, a := range all[*cloudAlarm](e) {
		if one := a.now(); slices.Contains(names, one.Name()) && one.State().Value == state {
			found = append(found, one.Name())
		}
	}
	return found
}

func (a *cloudAlarm) status() AlarmStatus {
	return alarmStatus(a.now())
}

func alarmStatus(one *alarm.Alarm) AlarmStatus {
	state := one.State()
	return AlarmStatus{
		Name: one.Name(), State: state.Value, Reason: state.Reason, Since: state.Since, Description: one.Description(), Runbook: one.Runbook(),
	}
}
