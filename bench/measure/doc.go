// Package measure is what the benchmarks measure with: a PostgreSQL and the
// servers that are compared, each a process of its own on this machine, a load
// that costs little itself, and what the system says of CPU and memory.
//
//	place.go    PostgreSQL, the program of the API, a folder for the time of a run
//	process.go  a server that is measured
//	client.go   one connection that asks and waits
//	closed.go   a load of clients that wait for each answer: what a request costs
//	open.go     a load at a fixed rate: how long a request takes
//	sample.go   paths that the catalog answers
//	traces.go   where a collector would be
//	front.go    the load balancer as a process of its own
//	machine.go  where it is measured
//	system.go   CPU and memory of processes
//	spread.go   medians, quantiles, and how they are printed
package measure
