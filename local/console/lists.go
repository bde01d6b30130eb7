package console

import (
	"net/http"
	"slices"

	"catalog/local"
)

// state is what the lists of the environment's state show.
type state struct {
	local.Status
	// Runbooks is true where they can be read.
	Runbooks bool
	// Recorded is true where events of what only AWS has are shown as well.
	Recorded bool
}

func (c *console) state() state {
	s := c.source.Status()
	// The newest first, as AWS's console has them.
	slices.Reverse(s.Events)
	slices.SortStableFunc(s.Notifications, func(a, b local.Notification) int { return b.Time.Compare(a.Time) })
	return state{Status: s, Runbooks: c.o.RunbooksDir != ""}
}

func (c *console) deployments(*http.Request) *page {
	return &page{Title: "Deployments", View: "deployments", Data: c.state()}
}

func (c *console) tasks(*http.Request) *page {
	return &page{Title: "Tasks", View: "tasks", Data: c.state()}
}

func (c *console) targets(*http.Request) *page {
	return &page{Title: "Targets", View: "targets", Data: c.state()}
}

func (c *console) alarms(*http.Request) *page {
	return &page{Title: "Alarms", View: "alarms", Data: c.state()}
}

func (c *console) notifications(*http.Request) *page {
	return &page{Title: "Notifications", View: "notifications", Data: c.state()}
}

// events are the stacks', without those that say that something is only
// recorded: there are some dozens, all alike.
func (c *console) events(r *http.Request) *page {
	s := c.state()
	s.Recorded = r.URL.Query().Get("recorded") == "1"
	if !s.Recorded {
		s.Events = slices.DeleteFunc(s.Events, func(e local.Event) bool { return e.Status == local.Recorded })
	}
	return &page{Title: "Events", View: "events", Data: s}
}
