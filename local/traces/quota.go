package traces

import (
	"maps"
	"slices"
	"time"
)

const (
	// reportInterval is how often a client reports, quotaLife how long its
	// share counts when it does not.
	reportInterval = 10 * time.Second
	quotaLife      = 2 * reportInterval
	// maxClients bounds what is remembered of each rule.
	maxClients = 1000
)

// quotas remembers, by rule, which clients reported lately: they share the
// rule's reservoir.
type quotas map[string]map[string]time.Time

// share is how many requests a second a client may sample. A reservoir that
// does not divide gives its rest to the first clients in the order of their
// ids, so that all shares together are never more than it has.
func (q *quotas) share(rule, client string, reservoir int, now time.Time) int {
	if *q == nil {
		*q = quotas{}
	}
	clients := (*q)[rule]
	if clients == nil {
		clients = map[string]time.Time{}
		(*q)[rule] = clients
	}
	maps.DeleteFunc(clients, func(_ string, last time.Time) bool { return now.Sub(last) > quotaLife })
	if _, known := clients[client]; !known && len(clients) >= maxClients {
		return 0
	}
	clients[client] = now
	share := reservoir / len(clients)
	if slices.Index(slices.Sorted(maps.Keys(clients)), client) < reservoir%len(clients) {
		share++
	}
	return share
}
