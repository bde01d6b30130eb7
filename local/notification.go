package local

import (
	"slices"
	"time"
)

// keptNotifications is how many the console shows.
const keptNotifications = 200

// notify posts to a topic: here the message appears on the console and among
// the events. Another target than a topic of the template gets nothing.
func (e *Environment) notify(arn, subject, message string) {
	topic := ""
	e.mu.Lock()
	for _, resources := range e.resources {
		for _, r := range resources {
			if recorded, ok := r.(record); ok && recorded.typ == "AWS::SNS::Topic" && recorded.ref() == arn {
				topic = recorded.name
			}
		}
	}
	if topic != "" {
		e.notifications = append(e.notifications, Notification{Time: time.Now(), Topic: topic, Subject: subject, Message: message})
		if extra := len(e.notifications) - keptNotifications; extra > 0 {
			e.notifications = slices.Delete(e.notifications, 0, extra)
		}
	}
	e.mu.Unlock()
	if topic == "" {
		return
	}
	e.report(Event{ID: topic, Type: "AWS::SNS::Topic", Status: Notified, Detail: orElse(subject, message)})
}
