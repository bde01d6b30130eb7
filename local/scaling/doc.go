// Package scaling changes a service's number of tasks as Application Auto
// Scaling does for ECS (AWS: "Target tracking scaling policies", "How target
// tracking scaling works", "Scheduled scaling").
//
//	policy.go     a target tracking policy, and the two alarms that AWS makes of it
//	scaler.go     the scaler: one step after another
//	tracking.go   out and in on alarms, and the cooldowns between
//	capacities.go how many tasks there were, minute by minute
//	scheduled.go  bounds that scheduled actions set
//	schedule.go   at(…), rate(…) and cron(…)
//	cron.go       reads a cron expression
//	cronday.go    the days of L, W and #
//	cronnext.go   finds when it comes next
//
// AWS does not publish the arithmetic of target tracking. What the documents
// say holds here: out in proportion to the metric, at once; in only after 15
// minutes under 90 % of the target and to what keeps the metric at the target;
// not in during a deployment. Where they leave room, tracking.go says what was
// chosen.
package scaling
