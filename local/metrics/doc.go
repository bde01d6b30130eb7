// Package metrics keeps numbers as CloudWatch keeps them: a metric is a
// namespace, a name and dimensions, its values live in minutes, and what one
// asks for is a statistic over periods.
//
//	key.go           what names a metric
//	distribution.go  many values in little memory
//	bucket.go        how values fall into buckets of one percent
//	statistic.go     Sum, Average, p99, …
//	series.go        one metric's minutes
//	store.go         all metrics: put and query
//	emf.go           metrics inside log lines (embedded metric format)
//	math.go          metric math: an expression and its evaluation
//	mathlexer.go     its words
//	mathparser.go    its grammar
//	mathtype.go      which expressions CloudWatch refuses
//	mathvalue.go     numbers, time series, and operators on them
//	mathfunction.go  MIN, MAX, SUM, AVG, ABS, CEIL, FLOOR, TIME_SERIES
//	mathif.go        IF and FILL
//
// The package reads no clock: every time is an argument.
package metrics
