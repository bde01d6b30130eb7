// Package load sends requests at a constant rate and says what came of them.
//
// The schedule is fixed before the first request: a slow answer does not delay
// the requests behind it, and each latency is measured from the moment the
// request was due, not from the moment it left. So a system that stops for a
// second shows that second in every request that was due in it (Gil Tene's
// "coordinated omission" is what hides it elsewhere).
//
//	options.go  what is sent, where and how often
//	run.go      the schedule and the workers
//	request.go  one request, and how it can fail
//	report.go   what came of it
package load
