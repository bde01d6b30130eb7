// Package capacity says what the system takes at a load: tasks, Aurora's
// capacity, what gives way next, and what a month costs. It measures one task
// under a mix of reads and writes with tracing on, multiplies, and writes
// docs/capacity.md; a test holds that page to what was measured.
//
//	mix.go       the mix of reads and writes
//	measured.go  one task under it
//	fleet.go     the writes of the other nine tasks
//	limit.go     one task held to half a core, where the system lets us
//	prices.go    the prices of prices.json, the only place with any
//	model.go     what a load takes
//	month.go     what that costs
//	page.go      docs/capacity.md
package capacity
